import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type Address, addressOf, useAddress } from './address.ts'
import { ExperimentList } from './experiment-list.tsx'
import { useExperiments } from './experiments.ts'
import { GettingStarted } from './getting-started.tsx'
import { RunPanel } from './run-panel.tsx'
import { RunsView } from './runs-view.tsx'
import { server, serverUrl } from './server.ts'

export function App() {
  const address = useAddress()
  const experiments = useExperiments()
  const list = experiments.data?.pages.flatMap((page) => page.experiments ?? []) ?? []
  // Beside the list there is room, so the first experiment is shown unasked.
  const experimentId = address.experimentId ?? list[0]?.experiment_id
  const shown: Address = { ...address, ...(experimentId !== undefined && { experimentId }) }
  const known = list.find((experiment) => experiment.experiment_id === experimentId)

  useEffect(() => {
    document.title = known && address.experimentId !== undefined ? `${known.name} · Trackway` : 'Trackway'
  }, [known, address.experimentId])

  // What a narrow window shows, where the three parts do not fit side by side.
  const focus = address.runId !== undefined ? 'run' : address.experimentId !== undefined ? 'runs' : 'experiments'
  return (
    <div className="app" data-focus={focus}>
      <header className="bar">
        <a className="brand" href={addressOf({})}>
          <Mark />
          Trackway
        </a>
        <span className="bar-server">{serverUrl.replace(/^https?:\/\//, '')}</span>
        <ServerVersion />
      </header>
      <ExperimentList experiments={experiments} list={list} selected={shown.experimentId} />
      <main className="runs-area">
        {experimentId !== undefined ? (
          <RunsView key={experimentId} experimentId={experimentId} known={known} selectedRun={address.runId} />
        ) : (
          experiments.isSuccess && <GettingStarted experimentName="my-experiment" />
        )}
      </main>
      {address.runId !== undefined && address.experimentId !== undefined && (
        <RunPanel experimentId={address.experimentId} runId={address.runId} />
      )}
    </div>
  )
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M4 24c6 0 6-8 12-8s6-8 12-8" />
      <circle cx="16" cy="16" r="4" />
    </svg>
  )
}

function ServerVersion() {
  const info = useQuery({
    queryKey: ['server-info'],
    queryFn: ({ signal }) => server.getServerInfo({}, { signal }),
    staleTime: Infinity,
  })
  const version = info.data?.trackway_version
  return version === undefined ? null : <span className="bar-version">{version}</span>
}
