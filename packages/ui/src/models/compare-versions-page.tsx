import { useQueries } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Plus, X } from 'lucide-react'
import { Fragment } from 'react'
import { Button, IconButton } from '../controls/button.tsx'
import { Menu } from '../controls/menu.tsx'
import { EmptyState, Failure, Loading } from '../controls/notices.tsx'
import { server } from '../server.ts'
import { useCrumbs } from '../shell/crumbs.tsx'
import { type ComparedSection, type ComparedVersion, compareVersions } from './compare-rows.ts'
import styles from './compare.module.css'
import { ComparedFiles } from './compared-files.tsx'
import { type Mlmodel, parseMlmodel } from './mlmodel.ts'
import { useVersionPages } from './model-queries.ts'
import models from './models.module.css'
import type { CompareVersionsSearch } from './models-search.ts'
import { useSourceRuns } from './source-runs.ts'
import { readVersionText } from './version-files.ts'

const route = getRouteApi('/models/$name/compare')
const mostVersions = 8

/** Versions of a model side by side; the first is what the others are measured against. */
export function CompareVersionsPage() {
  const { name } = route.useParams()
  const { v = [], all = false, against } = route.useSearch()
  const navigate = useNavigate()
  useCrumbs([
    { label: 'Models', to: '/models' },
    { label: name, to: `/models/${encodeURIComponent(name)}` },
    { label: 'Compare' },
  ])
  const pages = useVersionPages(name)
  const chosen = v.slice(0, mostVersions)
  const versions = useQueries({
    queries: chosen.map((version) => ({
      queryKey: ['version', name, version],
      queryFn: async ({ signal }: { signal: AbortSignal }) =>
        (await server.getModelVersion({ name, version }, { signal })).model_version,
    })),
  })
  const files = useQueries({
    queries: chosen.map((version) => ({
      queryKey: ['version-file', name, version, 'MLmodel'],
      queryFn: ({ signal }: { signal: AbortSignal }) => readVersionText(name, version, 'MLmodel', signal),
      staleTime: 300_000,
    })),
  })
  const runs = useSourceRuns(versions.map(({ data }) => data?.run_id ?? ''))
  const change = (changed: {
    readonly [K in keyof CompareVersionsSearch]?: CompareVersionsSearch[K] | undefined
  }): void =>
    void navigate({
      to: '/models/$name/compare',
      params: { name },
      search: (before) =>
        Object.fromEntries(
          Object.entries({ ...before, ...changed }).filter(([, value]) => value !== undefined),
        ) as CompareVersionsSearch,
      resetScroll: false,
    })

  const known = (pages.data?.pages ?? []).flatMap((page) => page.model_versions ?? []).map(({ version }) => version)
  const failed = versions.find((query) => query.isError)
  const compared = versions.flatMap(({ data }, index): ComparedVersion[] =>
    data === undefined
      ? []
      : [{ version: data, run: runs.data?.get(data.run_id), mlmodel: parsed(files[index]?.data ?? undefined) }],
  )
  const isReady = compared.length === chosen.length && files.every((file) => !file.isPending)
  return (
    <div className="page">
      <header className="page-head">
        <h1>Compare versions</h1>
        <Menu
          label="Add a version"
          items={known
            .filter((version) => !chosen.includes(version))
            .map((version) => ({
              id: version,
              label: `Version ${version}`,
              disabled: chosen.length >= mostVersions,
              onAction: () => change({ v: [...chosen, version] }),
            }))}
        >
          <Plus /> Add a version
        </Menu>
      </header>
      {failed?.error && (
        <Failure what="A version could not be loaded." error={failed.error} retry={() => failed.refetch()} />
      )}
      {chosen.length < 2 && (
        <EmptyState title="Choose two versions or more">
          <p>“Add a version” above puts it beside the others. The first is what the others are measured against.</p>
        </EmptyState>
      )}
      {chosen.length > 0 && !failed && !isReady && <Loading what="the versions" />}
      {chosen.length > 0 && isReady && (
        <>
          <label className={models['check']}>
            <input
              type="checkbox"
              checked={!all}
              onChange={(event) => change({ all: event.target.checked ? undefined : true })}
            />
            Only differences
          </label>
          <ComparedTable
            name={name}
            versions={chosen}
            sections={compareVersions(compared)}
            isAll={all || chosen.length < 2}
            onRemove={(version) => change({ v: chosen.filter((one) => one !== version), against: undefined })}
            onBase={(version) => change({ v: [version, ...chosen.filter((one) => one !== version)] })}
          />
          {chosen.length > 1 && (
            <ComparedFiles
              name={name}
              base={chosen[0] ?? ''}
              others={chosen.slice(1)}
              against={chosen.slice(1).find((version) => version === against) ?? chosen[1] ?? ''}
              isAll={all}
              onAgainst={(version) => change({ against: version })}
            />
          )}
        </>
      )}
    </div>
  )
}

function parsed(text: string | undefined): Mlmodel | undefined {
  if (text === undefined) return undefined
  try {
    return parseMlmodel(text)
  } catch {
    return undefined
  }
}

interface ComparedTableProps {
  readonly name: string
  readonly versions: readonly string[]
  readonly sections: readonly ComparedSection[]
  readonly isAll: boolean
  readonly onRemove: (version: string) => void
  readonly onBase: (version: string) => void
}

function ComparedTable({ name, versions, sections, isAll, onRemove, onBase }: ComparedTableProps) {
  const shown = sections
    .map((section) => ({ ...section, rows: section.rows.filter((row) => isAll || !row.isSame) }))
    .filter(({ rows }) => rows.length > 0)
  return (
    <div className={models['scroll']}>
      <table className={`table ${styles['table']}`} aria-label="Comparison">
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">What</span>
            </th>
            {versions.map((version, index) => (
              <th key={version} scope="col">
                <span className={styles['column']}>
                  <Link to="/models/$name/versions/$version" params={{ name, version }}>
                    v{version}
                  </Link>
                  {index === 0 ? (
                    <small>baseline</small>
                  ) : (
                    <Button
                      kind="quiet"
                      onClick={() => onBase(version)}
                      aria-label={`Set as baseline: version ${version}`}
                    >
                      Set as baseline
                    </Button>
                  )}
                  <IconButton label={`Remove version ${version}`} onClick={() => onRemove(version)}>
                    <X />
                  </IconButton>
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.length === 0 && (
            <tr>
              <td colSpan={versions.length + 1}>The versions differ in nothing of what they say of themselves.</td>
            </tr>
          )}
          {shown.map(({ title, isNumeric, rows }) => (
            <Fragment key={title}>
              <tr className={styles['group']}>
                <th scope="colgroup" colSpan={versions.length + 1}>
                  {title}
                </th>
              </tr>
              {rows.map(({ key, cells, isSame }) => (
                <tr key={key} className={styles['row']} data-same={isSame}>
                  <th scope="row" className="cut" title={key}>
                    <bdi>{key}</bdi>
                  </th>
                  {cells.map((cell, index) => (
                    <td
                      key={index}
                      title={cell?.full.slice(0, 1000)}
                      className={isNumeric ? models['metric'] : undefined}
                    >
                      {cell === undefined ? (
                        <span className="quiet">–</span>
                      ) : (
                        <bdi className={styles['cell']}>{cell.text.slice(0, 1000)}</bdi>
                      )}
                      {cell?.delta && (
                        <span className={styles['delta']} data-judgement={cell.delta.judgement}>
                          {cell.delta.text}
                          {cell.delta.judgement && (
                            <span className="visually-hidden">
                              {cell.delta.judgement === 'good' ? ' better' : ' worse'}
                            </span>
                          )}
                        </span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  )
}
