import { Link } from '@tanstack/react-router'
import { ChartLine, ChartScatter, Columns2, Files, Images, Scale, Table2 } from 'lucide-react'
import { parseWorkspaceSearch, type Lens, lenses } from './workspace-state.ts'
import styles from './workspace.module.css'

const faces = {
  table: { label: 'Table', icon: <Table2 /> },
  split: { label: 'Split', icon: <Columns2 /> },
  charts: { label: 'Charts', icon: <ChartLine /> },
  compare: { label: 'Compare', icon: <Scale /> },
  plots: { label: 'Plots', icon: <ChartScatter /> },
  images: { label: 'Images', icon: <Images /> },
  artifacts: { label: 'Artifacts', icon: <Files /> },
} as const

/** The lenses on the runs; the keys 1 to 7 do the same. */
export function LensSwitch({ lens }: { lens: Lens }) {
  return (
    <nav className={styles['lenses']} aria-label="Lenses">
      {lenses.map((one, index) => (
        <Link
          key={one}
          to="."
          search={((before: Record<string, unknown>) => parseWorkspaceSearch({ ...before, lens: one })) as never}
          aria-current={one === lens ? 'page' : undefined}
          activeProps={{}}
          activeOptions={{ exact: true, explicitUndefined: true }}
          preload={false}
          title={`${faces[one].label} (${index + 1})`}
          aria-label={faces[one].label}
          aria-keyshortcuts={String(index + 1)}
        >
          {faces[one].icon}
          <span>{faces[one].label}</span>
        </Link>
      ))}
    </nav>
  )
}
