import type { RunPlan } from '../run-plan.ts'

type Values = Readonly<Record<string, string | number | boolean>>

/** Params as YAML; a dot in a name makes a level. */
export function yaml(values: Values): string {
  const lines: string[] = []
  let open = ''
  for (const [name, value] of Object.entries(values)) {
    const [section = '', rest] = name.split(/\.(.*)/s)
    if (rest !== undefined && section !== open) lines.push(`${section}:`)
    open = rest === undefined ? '' : section
    lines.push(`${rest === undefined ? '' : '  '}${rest ?? name}: ${scalar(value)}`)
  }
  return `${lines.join('\n')}\n`
}

function scalar(value: string | number | boolean): string {
  return typeof value === 'string' && !/^[a-z][\w./-]*$/i.test(value) ? JSON.stringify(value) : String(value)
}

/** What a training printed: a line an epoch, with how it ended. */
export function consoleLog(plan: Omit<RunPlan, 'files'>, more: readonly string[] = []): string {
  const stamp = (time: number): string => new Date(time).toISOString().replace('T', ' ').slice(0, 19)
  const [first] = plan.series
  const lines = [
    `${stamp(plan.startTime)} INFO  starting ${plan.name} as ${plan.user}`,
    ...Object.entries(plan.params).map(([key, value]) => `${stamp(plan.startTime)} INFO  ${key} = ${value}`),
    ...more.map((line) => `${stamp(plan.startTime)} INFO  ${line}`),
  ]
  const shown = plan.series.filter(({ key }) => !key.startsWith('system/') && !key.endsWith('batch_loss'))
  for (const [index, point] of (first?.points ?? []).entries()) {
    const values = shown.flatMap(({ key, points }) => {
      const value = points[index]?.value
      return value === undefined ? [] : [`${key}=${Number.isNaN(value) ? 'nan' : value.toPrecision(4)}`]
    })
    const level = shown.some(({ points }) => Number.isNaN(points[index]?.value)) ? 'WARN ' : 'INFO '
    lines.push(`${stamp(point.time)} ${level} step ${point.step} ${values.join(' ')}`)
  }
  const script = plan.tags['mlflow.source.name'] ?? 'train.py'
  return [...lines, ...endings(script)[plan.status].map((line) => `${stamp(plan.endTime ?? 0)} ${line}`), ''].join('\n')
}

const endings = (script: string): Readonly<Record<RunPlan['status'], readonly string[]>> => ({
  RUNNING: [],
  SCHEDULED: [],
  FINISHED: ['INFO  done'],
  KILLED: ['WARN  received SIGTERM, stopping after this epoch'],
  FAILED: [
    'ERROR Traceback (most recent call last):',
    `ERROR   File "${script}", line 184, in <module>`,
    'ERROR     main(parse_args())',
    `ERROR   File "${script}", line 141, in main`,
    'ERROR     model.fit(batches)',
    'ERROR MemoryError: Unable to allocate 1.27 GiB',
  ],
})

/** A small report: a heading, a sentence, and the figures as a table. */
export function htmlReport(title: string, sentence: string, figures: Values): string {
  const rows = Object.entries(figures).map(([name, value]) => `<tr><th>${name}</th><td>${value}</td></tr>`)
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head><meta charset="utf-8">',
    `<title>${title}</title>`,
    '<style>body{font:15px sans-serif;margin:2em;max-width:40em}th{text-align:left;padding-right:2em}</style>',
    '</head>',
    '<body>',
    `<h1>${title}</h1>`,
    `<p>${sentence}</p>`,
    `<table>${rows.join('')}</table>`,
    '</body></html>',
    '',
  ].join('\n')
}

export function requirements(packages: Readonly<Record<string, string>>): string {
  return Object.entries(packages)
    .map(([name, version]) => `${name}==${version}\n`)
    .join('')
}
