import { useState } from 'react'
import { Button } from '../../controls/button.tsx'
import { matcher } from './chart-sections.ts'
import styles from './metric-charts.module.css'

const mostShown = 100
const mostKeys = 8

/** Chooses metrics that are drawn in one chart. */
export function ComposeChart({ keys, onMake }: { keys: readonly string[]; onMake: (keys: readonly string[]) => void }) {
  const [find, setFind] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>([])
  const shown = [...chosen, ...keys.filter(matcher(find)).filter((key) => !chosen.includes(key))].slice(0, mostShown)
  return (
    <div className={styles['panel']}>
      <input
        type="search"
        className={styles['search']}
        aria-label="Find metrics"
        placeholder="Find metrics"
        value={find}
        onChange={(event) => setFind(event.target.value)}
      />
      <div className={styles['choices']} role="group" aria-label="Metrics">
        {shown.map((key) => (
          <label key={key} className={styles['switch']} title={key}>
            <input
              type="checkbox"
              checked={chosen.includes(key)}
              disabled={!chosen.includes(key) && chosen.length >= mostKeys}
              onChange={(event) =>
                setChosen(event.target.checked ? [...chosen, key] : chosen.filter((one) => one !== key))
              }
            />
            <bdi className="cut">{key}</bdi>
          </label>
        ))}
      </div>
      <Button kind="primary" disabled={chosen.length < 2} onClick={() => onMake(chosen)}>
        {chosen.length < 2 ? 'Choose two metrics or more' : `Draw ${chosen.length} metrics in one chart`}
      </Button>
    </div>
  )
}
