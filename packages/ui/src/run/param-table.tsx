import { compareNames } from '../controls/display-text.ts'
import { FactTable } from './fact-table.tsx'
import type { Run } from './run-data.ts'

/** What a run was given. */
export function ParamTable({ run }: { run: Run }) {
  const params = (run.data.params ?? []).toSorted((one, other) => compareNames(one.key, other.key))
  return (
    <FactTable
      title="Parameters"
      noun="parameter"
      rows={params}
      textOf={({ key, value }) => `${key} ${value}`}
      empty="No parameters were logged."
      head={
        <>
          <th scope="col">Parameter</th>
          <th scope="col">Value</th>
        </>
      }
      renderRow={({ key, value }) => (
        <tr key={key}>
          <th scope="row">
            <bdi className="cut" title={key}>
              {key}
            </bdi>
          </th>
          <td>
            <bdi className="cut" title={value}>
              {value}
            </bdi>
          </td>
        </tr>
      )}
    />
  )
}
