import { ArrowDown, ArrowUp, Columns3, Download, Group, ListTree, Rows3, X } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { Button } from '../controls/button.tsx'
import { countText } from '../controls/display-text.ts'
import { Menu } from '../controls/menu.tsx'
import { columnName, orderText, parseColumn, parseOrder } from './column.ts'
import { exportAddress, exportFormats } from './export-address.ts'
import { LensSwitch } from './lens-switch.tsx'
import { PopoverButton } from './popover-button.tsx'
import type { Facet } from './run-queries.ts'
import type { TableRows } from './table/table-rows.ts'
import { aggregates, type Lens } from './workspace-state.ts'
import styles from './workspace.module.css'
import type { Workspace } from './workspace.ts'

const ColumnPicker = lazy(async () => ({ default: (await import('./table/column-picker.tsx')).ColumnPicker }))
const GroupPicker = lazy(async () => ({ default: (await import('./table/group-picker.tsx')).GroupPicker }))

interface ToolbarProps {
  readonly workspace: Workspace
  readonly table: TableRows
  readonly lens: Lens
  readonly columns: readonly string[]
  readonly facets: readonly Facet[]
  readonly isNested: boolean
  readonly isTree: boolean
}

const densities = ['compact', 'normal', 'roomy'] as const

/** How many runs there are, how they are shown, and through which lens. */
export function Toolbar({ workspace, table, lens, columns, facets, isNested, isTree }: ToolbarProps) {
  const { state, scope, change } = workspace
  const { group = [], agg = 'mean', density = 'normal' } = state
  const order = parseOrder(state.order)
  const sorted = order && parseColumn(order.column)
  return (
    <div className={styles['toolbar']} role="toolbar" aria-label="Table">
      <p className={styles['total']} role="status">
        {table.total === undefined ? (table.error ? '– runs' : '…') : countText(table.total, 'run')}
        {table.groups !== undefined && ` in ${countText(table.groups, 'group')}`}
        {table.running > 0 && (
          <span className={styles['running']}> · {table.running.toLocaleString('en')} running</span>
        )}
      </p>
      <div className={styles['tools']}>
        {group.map((field) => {
          const column = parseColumn(field)
          const name = column ? columnName(column) : field
          return (
            <span key={field} className={styles['tool-chip']} title={field}>
              <bdi>{name}</bdi>
              <button
                type="button"
                aria-label={`Stop grouping by ${name}`}
                onClick={() => change({ group: group.filter((one) => one !== field), open: undefined })}
              >
                <X />
              </button>
            </span>
          )
        })}
        <PopoverButton
          shortcut="g"
          label={group.length > 0 ? 'Group and by another field' : 'Group by'}
          face={
            <>
              <Group /> <span>{group.length > 0 ? 'and by' : 'Group'}</span>
            </>
          }
        >
          {(close) => (
            <Suspense>
              <GroupPicker workspace={workspace} facets={facets} onDone={close} />
            </Suspense>
          )}
        </PopoverButton>
        {group.length > 0 && (
          <Menu
            label="What groups tell of their runs"
            kind="quiet"
            items={aggregates.map((one) => ({
              id: one,
              label: one,
              checked: agg === one,
              onAction: () => change({ agg: one === 'mean' ? undefined : one }),
            }))}
          >
            {agg}
          </Menu>
        )}
        {order && (
          <span className={styles['tool-chip']} title={state.order}>
            <button
              type="button"
              aria-label={order.isDescending ? 'Sort ascending' : 'Sort descending'}
              onClick={() => change({ order: orderText({ ...order, isDescending: !order.isDescending }) })}
            >
              {order.isDescending ? <ArrowDown /> : <ArrowUp />}
            </button>
            <bdi style={{ paddingLeft: 0 }}>{sorted ? columnName(sorted) : order.column}</bdi>
            <button type="button" aria-label="Stop sorting" onClick={() => change({ order: undefined })}>
              <X />
            </button>
          </span>
        )}
        <PopoverButton
          label={`Columns ${columns.length}`}
          face={
            <>
              <Columns3 /> <span>Columns {columns.length}</span>
            </>
          }
        >
          {() => (
            <Suspense>
              <ColumnPicker workspace={workspace} columns={columns} facets={facets} />
            </Suspense>
          )}
        </PopoverButton>
        {isNested && group.length === 0 && (
          <Button
            kind="quiet"
            aria-pressed={isTree}
            title="Nested runs below their parents"
            onClick={() => change({ tree: !isTree })}
          >
            <ListTree /> <span>Tree</span>
          </Button>
        )}
        <Menu
          label="Row height"
          kind="quiet"
          items={densities.map((one) => ({
            id: one,
            label: one[0]?.toUpperCase() + one.slice(1),
            checked: density === one,
            onAction: () => change({ density: one === 'normal' ? undefined : one }),
          }))}
        >
          <Rows3 />
        </Menu>
        <PopoverButton label="Export" face={<Download />}>
          {(close) => (
            <div className={styles['options']}>
              <h3>All {table.total === undefined ? '' : countText(table.total, 'run')} with the columns shown</h3>
              {exportFormats.map((format) => (
                <a key={format} href={exportAddress(scope, columns, format)} download onClick={close}>
                  {format}
                </a>
              ))}
            </div>
          )}
        </PopoverButton>
      </div>
      <LensSwitch lens={lens} />
    </div>
  )
}
