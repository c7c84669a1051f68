import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { Boxes, CircleHelp, FlaskConical, Inbox, Rows3, Search, Settings, Trash2 } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { Button } from '../controls/button.tsx'
import { Loading } from '../controls/notices.tsx'
import { Crumbs } from './crumbs.tsx'
import { useShortcuts } from './shortcuts.ts'
import styles from './shell.module.css'
import { ThemeMenu } from './theme-menu.tsx'
import { Toasts } from './toasts.tsx'

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }))
const KeyboardHelp = lazy(async () => ({ default: (await import('./keyboard-help.tsx')).KeyboardHelp }))

const places = [
  { to: '/experiments', label: 'Experiments', icon: <FlaskConical /> },
  { to: '/runs', label: 'All runs', icon: <Rows3 /> },
  { to: '/models', label: 'Models', icon: <Boxes /> },
  { to: '/requests', label: 'Requests', icon: <Inbox /> },
  { to: '/trash', label: 'Trash', icon: <Trash2 /> },
  { to: '/settings/{-$section}', label: 'Settings', icon: <Settings /> },
] as const

/** What surrounds every page: the rail of places, the bar with where one is, messages, palette and keyboard help. */
export function Shell() {
  const [overlay, setOverlay] = useState<'palette' | 'help'>()
  useShortcuts({
    '$mod+k': () => setOverlay('palette'),
    '?': () => setOverlay('help'),
  })
  return (
    <div className={styles['shell']}>
      <a className={styles['skip']} href="#content" onClick={focusContent}>
        Skip to content
      </a>
      <nav className={styles['rail']} aria-label="Places">
        {places.map(({ to, label, icon }) => (
          <Link key={to} to={to} className={styles['place'] ?? ''} title={label} aria-label={label}>
            {icon}
          </Link>
        ))}
      </nav>
      <header className={styles['bar']}>
        <Crumbs />
        <Button className={styles['search']} onClick={() => setOverlay('palette')} aria-keyshortcuts="Control+K Meta+K">
          <Search /> <span>Go to…</span> <kbd>{/Mac|iPhone|iPad/.test(navigator.platform) ? '⌘K' : 'Ctrl K'}</kbd>
        </Button>
        <Button
          kind="quiet"
          aria-label="Keyboard shortcuts"
          title="Keyboard shortcuts (?)"
          onClick={() => setOverlay('help')}
        >
          <CircleHelp />
        </Button>
        <ThemeMenu />
      </header>
      <Content>
        <Suspense fallback={<Loading what="the page" />}>
          <Outlet />
        </Suspense>
      </Content>
      <Toasts />
      <Suspense>
        {overlay === 'palette' && <Palette onClose={() => setOverlay(undefined)} />}
        {overlay === 'help' && <KeyboardHelp onClose={() => setOverlay(undefined)} />}
      </Suspense>
    </div>
  )
}

/** The page. A screen reader is taken to it when the path changes, as it would be by a new document. */
function Content({ children }: { children: ReactNode }) {
  const main = useRef<HTMLElement>(null)
  const path = useRouterState({ select: (state) => state.location.pathname.split('/').slice(0, 4).join('/') })
  const isFirst = useRef(true)
  useEffect(() => {
    if (isFirst.current) isFirst.current = false
    else main.current?.focus({ preventScroll: true })
  }, [path])
  return (
    <main ref={main} id="content" className={styles['content']} tabIndex={-1}>
      {children}
    </main>
  )
}

function focusContent(): void {
  document.getElementById('content')?.focus()
}
