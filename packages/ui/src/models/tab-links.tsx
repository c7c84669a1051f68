import { Link } from '@tanstack/react-router'
import styles from './models.module.css'

interface TabLinksProps<T extends string> {
  readonly label: string
  readonly tabs: readonly { readonly id: T; readonly label: string }[]
  readonly current: T
}

/** The parts of a page as links that set `tab` in the address; the first part needs none. */
export function TabLinks<T extends string>({ label, tabs, current }: TabLinksProps<T>) {
  return (
    <nav className={styles['tabs']} aria-label={label}>
      {tabs.map(({ id, label: text }, index) => (
        <Link
          key={id}
          to="."
          search={(index === 0 ? {} : { tab: id }) as never}
          activeOptions={{ exact: true, includeSearch: true }}
          aria-current={id === current ? 'page' : undefined}
          resetScroll={false}
        >
          {text}
        </Link>
      ))}
    </nav>
  )
}
