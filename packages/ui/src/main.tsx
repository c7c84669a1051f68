import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { followEvents } from './live.ts'

const queryClient = new QueryClient({
  defaultOptions: {
    // The SDK tries again itself. A tracking server on this machine answers without any network.
    queries: { retry: false, networkMode: 'always', staleTime: 5_000 },
  },
})

followEvents(queryClient)

const root = document.getElementById('app')
if (root === null) throw new Error('The page has no element #app.')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
)
