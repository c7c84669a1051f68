import { Check } from 'lucide-react'
import type { RefObject } from 'react'
import { Header, Menu, MenuItem as AriaMenuItem, MenuSection, Popover } from 'react-aria-components'
import type { MenuItem } from './menu.tsx'
import styles from './menu.module.css'

interface MenuPopoverProps {
  readonly label: string
  readonly items: readonly MenuItem[]
  readonly trigger: RefObject<HTMLElement | null>
  readonly onClose: () => void
}

export function MenuPopover({ label, items, trigger, onClose }: MenuPopoverProps) {
  const groups = Map.groupBy(items, ({ group = '' }) => group)
  return (
    <Popover
      className={styles['popover'] ?? ''}
      triggerRef={trigger}
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose()
      }}
      placement="bottom start"
      offset={4}
    >
      <Menu
        aria-label={label}
        autoFocus="first"
        onClose={onClose}
        onAction={(id) => items.find((item) => item.id === id)?.onAction()}
        disabledKeys={items.filter((item) => item.disabled).map((item) => item.id)}
        className={styles['menu'] ?? ''}
      >
        {[...groups].map(([group, members]) => (
          <MenuSection key={group} className={styles['section'] ?? ''} aria-label={group || label}>
            {group !== '' && <Header className={styles['header'] ?? ''}>{group}</Header>}
            {members.map((item) => (
              <AriaMenuItem
                key={item.id}
                id={item.id}
                textValue={item.label}
                className={styles['item'] ?? ''}
                data-danger={item.danger}
              >
                <span className={styles['icon']}>{item.icon ?? (item.checked === true && <Check />)}</span>
                <span className="cut" dir="auto">
                  {item.label}
                </span>
                {item.checked === true && <span className="visually-hidden"> (chosen)</span>}
                {item.shortcut !== undefined && <kbd>{item.shortcut}</kbd>}
              </AriaMenuItem>
            ))}
          </MenuSection>
        ))}
      </Menu>
    </Popover>
  )
}
