import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

/** Writes compressed twins beside the built files, so that the server never compresses. */
function compressedTwins(): Plugin {
  return {
    name: 'compressed-twins',
    apply: 'build',
    writeBundle({ dir = '.' }) {
      for (const name of readdirSync(join(dir, 'assets'))) {
        if (!/\.(js|css|svg)$/.test(name)) continue
        const path = join(dir, 'assets', name)
        const content = readFileSync(path)
        writeFileSync(`${path}.br`, brotliCompressSync(content))
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
      }
    },
  }
}

/** Deep paths are served the one page; our own server tells it by the same element where the UI begins. */
const rootOfPages: Plugin = {
  name: 'root-of-pages',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace('<head>', '<head><base href="/" />'),
}

const packages = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')

// What `npm run dev` of this package talks to.
const server = process.env['TRACKWAY_URL'] ?? 'http://127.0.0.1:5000'

export default defineConfig({
  // Relative, so that the page works below any path.
  base: './',
  plugins: [compressedTwins(), rootOfPages],
  // Named one by one: packages of others have a condition `source`, too.
  resolve: {
    alias: [
      { find: /^@trackway\/(api|sdk)$/, replacement: `${packages}/$1/src/index.ts` },
      { find: /^@trackway\/(api|sdk)\/(.+)$/, replacement: `${packages}/$1/src/$2.ts` },
    ],
  },
  build: {
    outDir: '../server/ui',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // The page names at once what its first file imports. Files that are loaded later are few and small.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_file, names, { hostType }) => (hostType === 'html' ? names : []),
    },
    // React's "use client" says nothing here.
    rolldownOptions: {
      checks: { moduleLevelDirective: false },
      // What the runs page loads at once is one file, and not one for each set of pages that share something: a request
      // costs more than the bytes. `npm run check:size` says what it holds.
      output: { codeSplitting: { groups: [{ name: 'runs', test: /\/src\/workspace\/workspace-page\.tsx$/ }] } },
    },
  },
  server: { proxy: { '/api': server, '/ajax-api': server, '/get-artifact': server, '/model-versions': server } },
})
