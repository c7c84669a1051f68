import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { languages, snippetOf } from './snippet.ts'

const hostile = `it's "x" $(touch /tmp/never) \`a\` <b> \\ é`

describe('snippetOf', () => {
  it('names the server and the experiment in each language', () => {
    for (const language of languages) {
      const code = snippetOf(language, 'http://host:5000/team', 'vision')
      expect(code).toContain('http://host:5000/team')
      expect(code).toContain('vision')
    }
  })

  it('keeps a name of any characters a text for the shell', () => {
    const code = snippetOf('curl', 'http://host', hostile)
    const line = code.split('\n').find((one) => one.startsWith('name='))
    const { stdout } = spawnSync('sh', ['-c', `${line}\nprintf %s "$name"`], { encoding: 'utf8' })
    expect(stdout).toBe(hostile)
  })

  it('keeps a name of any characters a text for Python', () => {
    expect(snippetOf('Python', 'http://host', hostile)).toContain(`set_experiment(${JSON.stringify(hostile)})`)
  })
})
