import type { Mlmodel } from './mlmodel.ts'
import styles from './models.module.css'

const titles = { inputs: 'Inputs', outputs: 'Outputs', params: 'Params' } as const

/** What a model takes and gives. */
export function SignatureTables({ signature }: Pick<Mlmodel, 'signature'>) {
  const parts = (['inputs', 'outputs', 'params'] as const).filter((part) => (signature[part] ?? []).length > 0)
  return (
    <section className={styles['section']} aria-labelledby="signature">
      <h2 id="signature">Signature</h2>
      {parts.length === 0 && <p className="quiet">The model was logged without one.</p>}
      {parts.map((part) => (
        <div key={part} className={styles['scroll']}>
          <table className="table" aria-label={titles[part]}>
            <thead>
              <tr>
                <th scope="col">{titles[part]}</th>
                <th scope="col">Type</th>
                <th scope="col">{part === 'params' ? 'Default' : 'Required'}</th>
              </tr>
            </thead>
            <tbody>
              {(signature[part] ?? []).map((field, index) => (
                <tr key={index}>
                  <th scope="row" className={styles['mono']}>
                    {field.name === undefined ? <span className="quiet">(no name)</span> : <bdi>{field.name}</bdi>}
                  </th>
                  <td className={styles['mono']}>
                    <bdi>{field.type}</bdi>
                  </td>
                  <td className={styles['mono']}>
                    {part === 'params' ? <bdi>{field.default}</bdi> : field.isRequired ? 'yes' : 'no'}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ))}
    </section>
  )
}
