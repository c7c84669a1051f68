import { get, missing, newExperiment, newRun, refused, send } from '../scenario.ts'
import type { Group, Step } from '../scenario.ts'

type Query = NonNullable<Step['query']>

const root = '/api/2.0/mlflow-artifacts/artifacts'
const folder = `${root}/\${experiment}/\${run}/artifacts`
const put = (path: string, text: string, more?: Partial<Step>): Step =>
  send('PUT', `${folder}/${path}`, { raw: text, ...more })
const list = (path?: string, more?: Partial<Step>): Step =>
  get('artifacts/list', path === undefined ? { run_id: '${run}' } : { run_id: '${run}', path }, more)
const download = (path: string, headers: Readonly<Record<string, string>> = {}, more?: Partial<Step>): Step =>
  send('GET', `${folder}/${path}`, { headers, ...more })
const upload = (query: Query, raw: string, more?: Partial<Step>): Step =>
  send('POST', '/ajax-api/2.0/mlflow/upload-artifact', { query, raw, ...more })
const sized = (path: string): Partial<Step> => ({
  differs: { reason: 'An empty file has a file_size, 0; MLflow leaves it out.', at: { [path]: 0 } },
})
const files: readonly Step[] = [
  newExperiment(),
  newRun(),
  put('a.txt', 'hello'),
  put('d/e/f.bin', '0123456789'),
  put('d/MLmodel', 'x: 1'),
  put('empty.txt', ''),
]
const escapes = ['..', '../x', '/etc', 'd/..', 'd/../..', '%2e%2e/x', '%252e%252e/x', 'd%2f..', 'file:///x', 'C:\\x']
const encodedEscapes = [
  '../../x',
  '%2e%2e/%2e%2e/x',
  '..%2f..%2fx',
  '%252e%252e/x',
  '%2fetc%2fpasswd',
  'a/%2e%2e/b',
  'C:%5cx',
]
const emptyUpload = {
  differs: { reason: 'An empty file can be uploaded by upload-artifact, too; MLflow refuses it.', status: 200 },
}
const kinds = ['m.json', 'x.csv', 'x.yaml', 'x.md', 'x.py', 'i.html', 'p.pkl', 'x.png', 'noext', 'sp%20ace.txt']
const aFolder = 'Downloading a folder is refused with an error code, as any error is; MLflow leaves the code out.'

export const artifacts: Group = {
  noun: 'artifacts',
  scenarios: [
    {
      name: 'list of a run',
      steps: [
        newExperiment('Empty'),
        ...files,
        list(undefined, sized('files[2].file_size')),
        get('artifacts/list', { run_uuid: '${run}' }, sized('files[2].file_size')),
        ...['d', 'd/', 'd/e', 'none', 'a.txt'].map((path) => list(path)),
        list('', sized('files[2].file_size')),
        ...escapes.map((path) => list(path, { says: 'Invalid path' })),
        get('artifacts/list', { run_id: 'nope', path: '../x' }, { says: 'Invalid path' }),
        get('artifacts/list', { run_id: 'nope' }, { says: 'Run with id=nope not found' }),
        get('artifacts/list', {}, missing('run_id')),
      ],
    },
    {
      name: 'get-artifact and upload-artifact',
      steps: [
        ...files,
        get('/get-artifact', { run_id: '${run}', path: 'a.txt' }),
        get('/get-artifact', { run_uuid: '${run}', path: 'd/e/f.bin' }),
        get('/get-artifact', { run_id: '${run}', path: 'none' }, { says: 'none' }),
        get('/get-artifact', { run_id: '${run}', path: 'd' }),
        get('/get-artifact', { run_id: '${run}', path: '../x' }, { says: 'Invalid path' }),
        get('/get-artifact', { run_id: 'nope', path: 'a.txt' }, { says: 'Run with id=nope not found' }),
        get('/get-artifact', { run_id: '${run}' }),
        upload({ run_uuid: '${run}', path: 'up/f.txt' }, 'data'),
        list('up'),
        upload({ path: 'x' }, 'data', { says: 'run_' }),
        upload({ run_uuid: '${run}', path: 'up/empty' }, '', emptyUpload),
        upload({ run_uuid: '${run}' }, 'data', { says: 'path' }),
        upload({ run_uuid: 'nope', path: 'x' }, 'data', { says: 'Run with id=nope not found' }),
        upload({ run_uuid: '${run}', path: '../x' }, 'data', { says: 'Invalid path' }),
      ],
    },
  ],
}

export const proxyArtifacts: Group = {
  noun: 'proxy-artifacts',
  scenarios: [
    {
      name: 'upload, list, download and delete',
      steps: [
        ...files,
        download('a.txt'),
        download('empty.txt'),
        download('d/MLmodel'),
        ...kinds.flatMap((name) => [put(name, 'x'), download(name)]),
        put('MLproject', 'name: x'),
        download(
          'MLproject',
          {},
          { differs: { reason: 'MLproject files are text, as MLmodel files are.', type: 'text/plain' } },
        ),
        put('a.txt', 'changed'),
        download('a.txt'),
        send('HEAD', `${folder}/a.txt`),
        download('none', {}, { says: 'none' }),
        ...['d', 'd/', ''].map((path) =>
          download(path, {}, { differs: { reason: aFolder, errorCode: 'INVALID_PARAMETER_VALUE' } }),
        ),
        get(root, { path: '${experiment}/${run}/artifacts' }, sized('files[3].file_size')),
        get(root, { path: '${experiment}/${run}/artifacts/d' }),
        get(root, { path: '${experiment}/${run}/artifacts/a.txt' }),
        get(root, { path: 'none-${unique}' }),
        send('DELETE', `${folder}/a.txt`),
        send('DELETE', `${folder}/a.txt`),
        send('DELETE', `${folder}/d`),
        download('d/e/f.bin', {}, { says: 'f.bin' }),
        list('d'),
        send('POST', `${folder}/x`, { raw: 'x' }),
        send('PUT', root, { raw: 'x' }),
        send('DELETE', root),
      ],
    },
    {
      name: 'ranges',
      steps: [
        ...files,
        ...['bytes=0-3', 'bytes=5-', 'bytes=-3', 'bytes=0-100', 'bytes=9-9', 'bytes=0-0'].map((range) =>
          download('d/e/f.bin', { range }),
        ),
        download('d/e/f.bin', { range: 'bytes=20-' }),
        ...['bytes=3-1', 'bytes=abc', 'lines=1-2'].map((range) =>
          download(
            'd/e/f.bin',
            { range },
            {
              differs: {
                reason: 'A Range header that is none is ignored, as RFC 9110 asks; MLflow answers 400.',
                status: 200,
                body: '0123456789',
              },
            },
          ),
        ),
      ],
    },
    {
      name: 'paths that leave the root',
      steps: [
        ...files,
        ...encodedEscapes.map((path) => send('GET', `${root}/${path}`, { says: 'Invalid path' })),
        ...encodedEscapes.map((path) => send('PUT', `${root}/${path}`, { raw: 'x', says: 'Invalid path' })),
        ...encodedEscapes
          .filter((path) => !path.startsWith('%2f'))
          .map((path) => send('DELETE', `${root}/${path}`, { says: 'Invalid path' })),
        ...['..', '../x', '%2e%2e', '/etc', 'a/../../b'].map((path) => get(root, { path }, { says: 'Invalid path' })),
        send('GET', `${root}//etc/passwd`, { says: 'Invalid path' }),
        send('PUT', `${root}//etc/passwd`, { raw: 'x', says: 'Invalid path' }),
        send(
          'GET',
          `${root}/\${unique}%00b`,
          refused('A path with a zero byte is refused; MLflow looks for a file of that name.'),
        ),
        send('PUT', `${root}/\${unique}%00b`, { raw: 'x', ...refused('A file name with a zero byte is refused.') }),
      ],
    },
    {
      name: 'files and folders in each other’s way',
      steps: [
        ...files,
        put('a.txt/below', 'x', refused('Uploading below a file is refused; MLflow answers 500.')),
        put('d', 'x', refused('Uploading over a folder is refused; MLflow answers 500.')),
        download('a.txt'),
        list(undefined, sized('files[2].file_size')),
      ],
    },
  ],
}
