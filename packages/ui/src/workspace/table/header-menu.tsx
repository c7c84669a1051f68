import { isLowerBetter } from '@trackway/sdk'
import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp, EyeOff, Group, Lock, LockOpen } from 'lucide-react'
import type { ReactNode } from 'react'
import { columnName, columnOf, isSortable, orderText, parseOrder, type Column } from '../column.ts'
import { Popover } from '../popover.tsx'
import type { Facet } from '../run-queries.ts'
import type { Workspace } from '../workspace.ts'
import { ColumnFilter } from './column-filter.tsx'
import styles from './header-menu.module.css'
import type { TableActs } from './table-acts.ts'

interface HeaderMenuProps {
  readonly column: Column
  readonly trigger: HTMLElement
  readonly workspace: Workspace
  /** Ids of the columns shown. */
  readonly columns: readonly string[]
  readonly facet: Facet | undefined
  readonly acts: TableActs
  readonly onClose: () => void
}

const values = ['LAST', 'MIN', 'MAX', 'COUNT'] as const

/** What can be done with a column, and what its values are. */
export function HeaderMenu({ column, trigger, workspace, columns, facet, acts, onClose }: HeaderMenuProps) {
  const { state, change } = workspace
  const { id, field, kind, key } = column
  const name = columnName(column)
  const order = parseOrder(state.order)
  const place = columns.indexOf(id)
  const { fix = [], group = [] } = state
  const isFixed = fix.includes(id)
  const best = isLowerBetter(key) ? 'MIN' : 'MAX'
  const act = (doIt: () => void) => () => {
    onClose()
    doIt()
  }
  const hide = (): void => {
    const { order: kept } = state
    change({
      cols: columns.filter((one) => one !== id),
      fix: fix.filter((one) => one !== id),
      ...(order?.column === id ? { order: undefined } : { order: kept }),
    })
  }
  return (
    <Popover label={`Column ${name}`} trigger={trigger} onClose={onClose}>
      <div className={styles['menu']}>
        <p className={styles['title']} dir="auto" title={id}>
          {name.slice(0, 200)}
        </p>
        {isSortable(column) && (
          <div className={styles['row']} role="group" aria-label="Sort">
            {([false, true] as const).map((isDescending) => (
              <Choice
                key={String(isDescending)}
                isChosen={order?.column === id && order.isDescending === isDescending}
                onChoose={act(() => change({ order: orderText({ column: id, isDescending }) }))}
              >
                {isDescending ? <ArrowDown /> : <ArrowUp />}
                {isDescending ? 'Descending' : 'Ascending'}
              </Choice>
            ))}
          </div>
        )}
        {kind === 'metric' && (
          <div className={styles['row']} role="group" aria-label="Value">
            {values.map((value) => (
              <Choice
                key={value}
                isChosen={column.value === value}
                title={
                  value === 'LAST'
                    ? 'The last value logged'
                    : value === 'COUNT'
                      ? 'How many points'
                      : `The ${value.toLowerCase()} of all points`
                }
                onChoose={act(() => {
                  const next = columnOf(field, value)
                  change({
                    cols: [...new Set(columns.map((one) => (one === id ? next : one)))],
                    ...(order?.column === id && { order: orderText({ ...order, column: next }) }),
                  })
                })}
              >
                {value.toLowerCase()}
                {value === best && <small>best</small>}
              </Choice>
            ))}
          </div>
        )}
        {facet && column.value === 'LAST' && (
          <ColumnFilter column={column} facet={facet} workspace={workspace} onDone={onClose} />
        )}
        <ul>
          {(kind === 'param' || kind === 'tag' || key === 'status' || key === 'user_id' || key === 'experiment_id') && (
            <Item
              icon={<Group />}
              onAct={act(() =>
                change({
                  group: group.includes(field) ? group.filter((one) => one !== field) : [...group, field].slice(-5),
                  open: undefined,
                }),
              )}
            >
              {group.includes(field)
                ? 'Stop grouping by this'
                : group.length > 0
                  ? 'Group by this, too'
                  : 'Group by this'}
            </Item>
          )}
          <Item
            icon={isFixed ? <LockOpen /> : <Lock />}
            onAct={act(() => change({ fix: isFixed ? fix.filter((one) => one !== id) : [...fix, id] }))}
          >
            {isFixed ? 'Let it scroll' : 'Keep in view'}
          </Item>
          <Item icon={<ArrowLeft />} isDisabled={place <= 0} onAct={act(() => acts.move(id, columns[place - 1]))}>
            Move left
          </Item>
          <Item
            icon={<ArrowRight />}
            isDisabled={place < 0 || place >= columns.length - 1}
            onAct={act(() => acts.move(id, columns[place + 2]))}
          >
            Move right
          </Item>
          <Item icon={<EyeOff />} onAct={act(hide)}>
            Hide column
          </Item>
        </ul>
      </div>
    </Popover>
  )
}

interface ChoiceProps {
  readonly isChosen: boolean
  readonly title?: string
  readonly onChoose: () => void
  readonly children: ReactNode
}

function Choice({ isChosen, title, onChoose, children }: ChoiceProps) {
  return (
    <button type="button" aria-pressed={isChosen} title={title} onClick={onChoose}>
      {children}
    </button>
  )
}

interface ItemProps {
  readonly icon: ReactNode
  readonly onAct: () => void
  readonly isDisabled?: boolean
  readonly children: ReactNode
}

function Item({ icon, onAct, isDisabled = false, children }: ItemProps) {
  return (
    <li>
      <button type="button" disabled={isDisabled} onClick={onAct}>
        {icon}
        {children}
      </button>
    </li>
  )
}
