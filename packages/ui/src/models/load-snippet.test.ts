import { describe, expect, it } from 'vitest'
import { loadLanguages, loadSnippet, modelUri } from './load-snippet.ts'

const model = {
  url: 'http://host:5000/team',
  name: `it's "<b>" $HOME`,
  version: '3',
  alias: undefined,
  flavors: ['python_function', 'sklearn'],
}

describe('loadSnippet', () => {
  it.each(loadLanguages)('in %s has the server’s address and the version', (language) => {
    const code = loadSnippet(language, model)
    expect(code).toContain('http://host:5000/team')
    expect(code).toContain('3')
  })

  it('loads by the alias where one is chosen', () => {
    expect(loadSnippet('Python', { ...model, name: 'net', alias: 'champion' })).toContain('"models:/net@champion"')
    expect(loadSnippet('TypeScript', { ...model, alias: 'champion' })).toContain('getModelVersionByAlias')
  })

  it('loads the flavour itself only where the client has a module for it', () => {
    expect(loadSnippet('Python', model)).toContain('mlflow.sklearn.load_model')
    expect(loadSnippet('Python', { ...model, flavors: ['python_function', 'evil.__import__'] })).not.toContain('evil')
  })

  it('keeps a name of any characters a text for the shell and for Python', () => {
    expect(loadSnippet('CLI', model)).toContain(String.raw`'models:/it'\''s "<b>" $HOME/3'`)
    expect(loadSnippet('Python', model)).toContain(JSON.stringify(modelUri(model)))
  })
})
