import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { serverUrl } from './server.ts'
import { followEvents } from './shell/live.ts'
import { pathOfOldAddress } from './shell/old-address.ts'
import { router } from './shell/routes.tsx'
import { applyTheme } from './shell/theme.ts'

const queryClient = new QueryClient({
  defaultOptions: {
    // The SDK tries again itself. A tracking server on this machine answers without any network.
    queries: { retry: false, networkMode: 'always', staleTime: 5_000 },
    mutations: { networkMode: 'always' },
  },
})

applyTheme()
const path = pathOfOldAddress(location.hash)
if (path !== undefined) history.replaceState(null, '', serverUrl + path)
// An old address that is typed into an open page changes the hash alone.
addEventListener('hashchange', () => {
  const typed = pathOfOldAddress(location.hash)
  if (typed !== undefined) router.history.replace(new URL(serverUrl).pathname.replace(/\/$/, '') + typed)
})
followEvents(queryClient)

const root = document.getElementById('app')
if (root === null) throw new Error('The page has no element #app.')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
