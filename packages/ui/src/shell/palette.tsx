import { useNavigate } from '@tanstack/react-router'
import { Boxes, FlaskConical, Inbox, Play, Rows3, Settings, SunMoon, Trash2 } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useState } from 'react'
import { Dialog } from '../controls/dialog.tsx'
import styles from './palette.module.css'
import { usePlaces } from './palette-places.ts'
import { setTheme, themes } from './theme.ts'
import { themeNames } from './theme-menu.tsx'

interface Command {
  readonly id: string
  readonly label: string
  readonly hint?: string
  readonly icon: ReactNode
  readonly run: () => void
}

/** Goes to an experiment, a run or a model by its name, or does what is named. */
export function Palette({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const { experiments, runs, models, isSearching } = usePlaces(text.trim())
  const pages: readonly Command[] = [
    {
      id: 'experiments',
      label: 'Experiments',
      icon: <FlaskConical />,
      run: () => void navigate({ to: '/experiments' }),
    },
    { id: 'runs', label: 'All runs', icon: <Rows3 />, run: () => void navigate({ to: '/runs' }) },
    { id: 'models', label: 'Models', icon: <Boxes />, run: () => void navigate({ to: '/models' }) },
    { id: 'requests', label: 'Requests', icon: <Inbox />, run: () => void navigate({ to: '/requests' }) },
    { id: 'trash', label: 'Trash', icon: <Trash2 />, run: () => void navigate({ to: '/trash' }) },
    {
      id: 'settings',
      label: 'Settings',
      icon: <Settings />,
      run: () => void navigate({ to: '/settings/{-$section}' }),
    },
  ]
  const actions = themes.map((theme): Command => ({
    id: `theme-${theme}`,
    label: `Theme: ${themeNames[theme]}`,
    icon: <SunMoon />,
    run: () => setTheme(theme),
  }))
  const matching = (commands: readonly Command[]): readonly Command[] =>
    commands.filter(({ label }) => label.toLowerCase().includes(text.trim().toLowerCase()))
  const groups: readonly (readonly [string, readonly Command[]])[] = [
    [
      'Experiments',
      experiments.map(({ experiment_id: experimentId, name }) => ({
        id: `experiment-${experimentId}`,
        label: name,
        icon: <FlaskConical />,
        run: () => void navigate({ to: '/experiments/$experimentId/runs', params: { experimentId } }),
      })),
    ],
    [
      'Runs',
      runs.map(({ run_id: runId, run_name: label, experiment_id: experimentId }) => ({
        id: `run-${runId}`,
        label,
        hint: runId.slice(0, 8),
        icon: <Play />,
        run: () => void navigate({ to: '/experiments/$experimentId/runs/$runId', params: { experimentId, runId } }),
      })),
    ],
    [
      'Models',
      models.map(({ name }) => ({
        id: `model-${name}`,
        label: name,
        icon: <Boxes />,
        run: () => void navigate({ to: '/models/$name', params: { name } }),
      })),
    ],
    ['Pages', matching(pages)],
    ['Actions', matching(actions)],
  ]
  const found = groups.filter(([, commands]) => commands.length > 0)
  return (
    <Dialog title="Go to" onClose={onClose} size="wide">
      <CommandList
        text={text}
        onText={setText}
        groups={found}
        nothing={isSearching ? 'Searching…' : 'Nothing has this name.'}
        onChoose={(command) => {
          onClose()
          command.run()
        }}
      />
    </Dialog>
  )
}

interface CommandListProps {
  readonly text: string
  readonly onText: (text: string) => void
  readonly groups: readonly (readonly [string, readonly Command[]])[]
  /** What to say where there is no command. */
  readonly nothing: string
  readonly onChoose: (command: Command) => void
}

/** A combobox with its list always open, as the ARIA practices describe it: the field keeps the focus. */
function CommandList({ text, onText, groups, nothing, onChoose }: CommandListProps) {
  const commands = groups.flatMap(([, members]) => members)
  const [active, setActive] = useState(0)
  const chosen = commands[Math.min(active, commands.length - 1)]
  useEffect(() => {
    document.getElementById(`command-${chosen?.id}`)?.scrollIntoView({ block: 'nearest' })
  }, [chosen?.id])

  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }
    const step = steps[event.key]
    if (step !== undefined) {
      event.preventDefault()
      const last = commands.length - 1
      const next = active + step
      setActive(Math.abs(step) > 1 ? Math.max(0, Math.min(last, next)) : (next + commands.length) % commands.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (chosen) onChoose(chosen)
    }
  }
  return (
    <>
      <input
        type="text"
        role="combobox"
        className={styles['input']}
        aria-label="Name of an experiment, run or model, or an action"
        placeholder="Experiment, run, model or action"
        aria-expanded="true"
        aria-controls="commands"
        aria-activedescendant={chosen && `command-${chosen.id}`}
        autoComplete="off"
        spellCheck={false}
        dir="auto"
        // The dialog is for typing into it.
        autoFocus
        value={text}
        onChange={(event) => {
          setActive(0)
          onText(event.target.value)
        }}
        onKeyDown={onKeyDown}
      />
      <div id="commands" role="listbox" aria-label="Results" className={styles['results']} tabIndex={-1}>
        {groups.map(([group, members]) => (
          <div key={group} role="group" aria-label={group}>
            <div className={styles['group']} aria-hidden="true">
              {group}
            </div>
            {members.map((command) => (
              <div
                key={command.id}
                id={`command-${command.id}`}
                role="option"
                aria-selected={command === chosen}
                className={styles['item']}
                onClick={() => onChoose(command)}
                onPointerMove={() => setActive(commands.indexOf(command))}
              >
                {command.icon}
                <bdi className="cut">{command.label}</bdi>
                {command.hint !== undefined && <code className="quiet">{command.hint}</code>}
              </div>
            ))}
          </div>
        ))}
      </div>
      <p role="status" className={styles['nothing']}>
        {commands.length === 0 && nothing}
      </p>
    </>
  )
}
