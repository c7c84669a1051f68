import { CodeBlock } from '../controls/code-block.tsx'
import styles from './models.module.css'
import { useVersionText } from './version-files.ts'

const mostRows = 20
const mostColumns = 50
const mostCharacters = 20_000

interface Frame {
  readonly columns: readonly unknown[]
  readonly rows: readonly (readonly unknown[])[]
}

/** The example that was logged with a model: as a table where it is one. */
export function InputExample({ name, version, path }: { name: string; version: string; path: string }) {
  const file = useVersionText(name, version, path)
  if (typeof file.data !== 'string') return null
  const frame = frameOf(file.data)
  return (
    <section className={styles['section']} aria-labelledby="example">
      <h2 id="example">Input example</h2>
      {frame ? (
        <div className={styles['scroll']}>
          <table className="table" aria-label="Input example">
            <thead>
              <tr>
                {frame.columns.slice(0, mostColumns).map((column, index) => (
                  <th key={index} scope="col">
                    <bdi>{textOf(column)}</bdi>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {frame.rows.slice(0, mostRows).map((row, index) => (
                <tr key={index}>
                  {row.slice(0, mostColumns).map((value, column) => (
                    <td key={column} className={styles['mono']}>
                      <bdi>{textOf(value)}</bdi>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <CodeBlock label={path} code={file.data.slice(0, mostCharacters)} />
      )}
    </section>
  )
}

/** A data frame as pandas writes it with `orient='split'`. */
function frameOf(text: string): Frame | undefined {
  try {
    const { columns, data } = JSON.parse(text) as { columns?: unknown; data?: unknown }
    if (!Array.isArray(columns) || !Array.isArray(data) || !data.every((row) => Array.isArray(row))) return undefined
    return { columns, rows: data as unknown[][] }
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return (text ?? '').slice(0, 300)
}
