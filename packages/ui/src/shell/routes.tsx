import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'

import { parseExperimentsSearch } from '../experiments/experiments-search.ts'
import { serverUrl } from '../server.ts'
import {
  parseCompareVersionsSearch,
  parseLoggedModelSearch,
  parseLoggedModelsSearch,
  parseModelSearch,
  parseModelsSearch,
  parseRequestsSearch,
  parseVersionSearch,
} from '../models/models-search.ts'
import { parseWorkspaceSearch } from '../workspace/workspace-state.ts'
import { NotFound } from './not-found.tsx'
import { PageFailure } from './page-failure.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => redirect({ to: '/experiments', throw: true }),
})

const experiments = createRoute({
  getParentRoute: () => root,
  path: '/experiments',
  validateSearch: parseExperimentsSearch,
  component: lazyRouteComponent(() => import('../experiments/experiments-page.tsx'), 'ExperimentsPage'),
})

const experiment = createRoute({
  getParentRoute: () => root,
  path: '/experiments/$experimentId',
  beforeLoad: ({ params }) => redirect({ to: '/experiments/$experimentId/runs', params, throw: true }),
})

/** The workspace of one experiment. Its whole state is in the address. */
const experimentRuns = createRoute({
  getParentRoute: () => root,
  path: '/experiments/$experimentId/runs',
  validateSearch: parseWorkspaceSearch,
  component: lazyRouteComponent(() => import('../workspace/workspace-page.tsx'), 'ExperimentWorkspacePage'),
})

/** The workspace of several experiments, `?experiments=["1","2"]`, or of all. */
const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: parseWorkspaceSearch,
  component: lazyRouteComponent(() => import('../workspace/workspace-page.tsx'), 'RunsWorkspacePage'),
})

const runPage = lazyRouteComponent(() => import('../run/run-page.tsx'), 'RunPage')

const run = createRoute({
  getParentRoute: () => root,
  path: '/experiments/$experimentId/runs/$runId',
  component: runPage,
})

/** `tab` is one of the run page's tabs; what follows `artifacts/` is the path of a file. */
const runTab = createRoute({
  getParentRoute: () => root,
  path: '/experiments/$experimentId/runs/$runId/$tab/$',
  component: runPage,
})

/** A run whose experiment is not known yet, as some old addresses have it. */
const openRun = createRoute({
  getParentRoute: () => root,
  path: '/open-run/$runId',
  component: lazyRouteComponent(() => import('../run/open-run-page.tsx'), 'OpenRunPage'),
})

const experimentModels = createRoute({
  getParentRoute: () => root,
  path: '/experiments/$experimentId/models',
  validateSearch: parseLoggedModelsSearch,
  component: lazyRouteComponent(() => import('../models/logged-models-page.tsx'), 'LoggedModelsPage'),
})

const loggedModel = createRoute({
  getParentRoute: () => root,
  path: '/logged-models/$modelId',
  validateSearch: parseLoggedModelSearch,
  component: lazyRouteComponent(() => import('../models/logged-model-page.tsx'), 'LoggedModelPage'),
})

const models = createRoute({
  getParentRoute: () => root,
  path: '/models',
  validateSearch: parseModelsSearch,
  component: lazyRouteComponent(() => import('../models/models-page.tsx'), 'ModelsPage'),
})

const model = createRoute({
  getParentRoute: () => root,
  path: '/models/$name',
  validateSearch: parseModelSearch,
  component: lazyRouteComponent(() => import('../models/model-page.tsx'), 'ModelPage'),
})

const modelVersion = createRoute({
  getParentRoute: () => root,
  path: '/models/$name/versions/$version',
  validateSearch: parseVersionSearch,
  component: lazyRouteComponent(() => import('../models/version-page.tsx'), 'VersionPage'),
})

const compareVersions = createRoute({
  getParentRoute: () => root,
  path: '/models/$name/compare',
  validateSearch: parseCompareVersionsSearch,
  component: lazyRouteComponent(() => import('../models/compare-versions-page.tsx'), 'CompareVersionsPage'),
})

const requests = createRoute({
  getParentRoute: () => root,
  path: '/requests',
  validateSearch: parseRequestsSearch,
  component: lazyRouteComponent(() => import('../models/requests-page.tsx'), 'RequestsPage'),
})

const trash = createRoute({
  getParentRoute: () => root,
  path: '/trash',
  component: lazyRouteComponent(() => import('../experiments/trash-page.tsx'), 'TrashPage'),
})

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings/{-$section}',
  component: lazyRouteComponent(() => import('./settings-page.tsx'), 'SettingsPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    experiments,
    experiment,
    experimentRuns,
    runs,
    run,
    runTab,
    openRun,
    experimentModels,
    loggedModel,
    models,
    model,
    modelVersion,
    compareVersions,
    requests,
    trash,
    settings,
  ]),
  basepath: new URL(serverUrl).pathname,
  defaultErrorComponent: PageFailure,
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
