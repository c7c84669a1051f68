import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import { Loading } from '../controls/notices.tsx'
import { server, serverUrl } from '../server.ts'
import { CopyButton } from '../controls/copy-button.tsx'
import { CallerNameField } from '../controls/caller-name-field.tsx'
import { useCrumbs } from './crumbs.tsx'
import styles from './settings.module.css'
import { setTheme, themes, useTheme } from './theme.ts'
import { themeNames } from './theme-menu.tsx'

const WebhooksSection = lazy(async () => ({
  default: (await import('../models/webhooks-section.tsx')).WebhooksSection,
}))

const sections: readonly { id: string; label: string; content: () => ReactNode }[] = [
  { id: 'appearance', label: 'Appearance', content: () => <Appearance /> },
  { id: 'you', label: 'You', content: () => <CallerNameField /> },
  { id: 'webhooks', label: 'Webhooks', content: () => <WebhooksSection /> },
  { id: 'server', label: 'Server', content: () => <ServerFacts /> },
]

export function SettingsPage() {
  const { section } = useParams({ strict: false })
  const shown = sections.find(({ id }) => id === section) ?? sections[0]
  useCrumbs([{ label: 'Settings', to: '/settings' }, { label: shown?.label ?? '' }])
  return (
    <div className="page">
      <h1>Settings</h1>
      <div className={styles['settings']}>
        <nav aria-label="Settings" className={styles['sections']}>
          {sections.map(({ id, label }) => (
            <Link
              key={id}
              to="/settings/{-$section}"
              params={{ section: id }}
              aria-current={id === shown?.id ? 'page' : undefined}
            >
              {label}
            </Link>
          ))}
        </nav>
        <section className={styles['section']} aria-label={shown?.label}>
          <Suspense fallback={<Loading what="settings" />}>{shown?.content()}</Suspense>
        </section>
      </div>
    </div>
  )
}

function Appearance() {
  const theme = useTheme()
  return (
    <fieldset>
      <legend>Theme</legend>
      {themes.map((one) => (
        <label key={one} className={styles['choice']}>
          <input type="radio" name="theme" checked={one === theme} onChange={() => setTheme(one)} /> {themeNames[one]}
        </label>
      ))}
      <p className="quiet">
        Kept in this browser. Settings of the system for more contrast and less motion are followed.
      </p>
    </fieldset>
  )
}

function ServerFacts() {
  const info = useQuery({
    queryKey: ['server-info'],
    queryFn: ({ signal }) => server.getServerInfo({}, { signal }),
    staleTime: Infinity,
  })
  return (
    <dl className={styles['facts']}>
      <div>
        <dt>Tracking URI</dt>
        <dd>
          <code>{serverUrl}</code> <CopyButton text={serverUrl} label="Copy tracking URI" />
        </dd>
      </div>
      <div>
        <dt>Version</dt>
        <dd>{info.data?.trackway_version ?? '–'}</dd>
      </div>
    </dl>
  )
}
