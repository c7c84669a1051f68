import { useMemo, useRef, useState } from 'react'
import { Button } from '../../controls/button.tsx'
import { countText } from '../../controls/display-text.ts'
import { EmptyState, Failure, Loading } from '../../controls/notices.tsx'
import { SelectField, TextField } from '../../controls/text-field.tsx'
import { useShownRuns, type ShownRun } from '../shown-runs.ts'
import type { Workspace } from '../workspace.ts'
import { ImageDialog, type PicturePlace } from './image-dialog.tsx'
import { imageSeries, stepsOf } from './image-series.ts'
import { ImageGrid } from './image-grid.tsx'
import { changeImages, imageSizes, parseImagesState } from './images-state.ts'
import styles from './images.module.css'
import { useRunPictures } from './run-pictures.ts'
import { StepSlider } from './step-slider.tsx'

const none: readonly ShownRun[] = []
const sizeNames = { 96: 'Small', 160: 'Medium', 256: 'Large' }

/** The pictures that the shown runs logged, side by side at one step. */
export function ImagesLens({ workspace }: { workspace: Workspace }) {
  const shown = useShownRuns(workspace)
  const runs = shown.data?.runs ?? none
  const {
    find = '',
    size = 160,
    ...state
  } = useMemo(() => parseImagesState(workspace.state.images), [workspace.state.images])
  // Runs are looked into as they come into view: this many of the first.
  const [reach, setReach] = useState(1)
  const pictures = useRunPictures(useMemo(() => runs.slice(0, reach), [runs, reach]))
  const all = useMemo(() => imageSeries(pictures.pathsByRun), [pictures.pathsByRun])
  const series = useMemo(() => all.filter(({ name }) => name.toLowerCase().includes(find.toLowerCase())), [all, find])
  const steps = useMemo(() => stepsOf(series), [series])
  const [opened, setOpened] = useState<PicturePlace>()
  const scroller = useRef<HTMLDivElement>(null)

  if (!shown.data) {
    if (shown.error) return <Failure what="The runs could not be loaded." error={shown.error} retry={shown.refetch} />
    return <Loading what="the runs" />
  }
  if (runs.length === 0) {
    return (
      <EmptyState title="No run is shown">
        <p>No run matches the filter, or those that do are hidden.</p>
        {workspace.state.hide !== undefined && (
          <Button onClick={() => workspace.change({ hide: undefined })}>Show hidden runs</Button>
        )}
      </EmptyState>
    )
  }
  const step = state.step ?? steps.at(-1)
  const onStep = (next: number): void =>
    changeImages(workspace, { step: next === steps.at(-1) ? undefined : next }, { replace: true })
  const isLooking = pictures.isLoading || pictures.pathsByRun.size === 0
  return (
    <div className={styles['lens']}>
      <div className={styles['tools']} role="toolbar" aria-label="Pictures">
        <TextField
          label="Find pictures by name"
          isBare
          type="search"
          placeholder="Find pictures"
          className={styles['find'] ?? ''}
          value={find}
          onChange={(event) => changeImages(workspace, { find: event.target.value }, { replace: true })}
        />
        <SelectField
          label="Size of pictures"
          isBare
          value={String(size)}
          choices={imageSizes.map((one) => ({ value: String(one), label: sizeNames[one] }))}
          onChoose={(chosen) => changeImages(workspace, { size: imageSizes.find((one) => String(one) === chosen) })}
        />
        {steps.length > 1 && step !== undefined && <StepSlider steps={steps} step={step} onStep={onStep} />}
        <p className={styles['about']} role="status">
          {countText(series.length, 'series', 'series')}
          {reach < runs.length && ` of the first ${reach} of ${countText(runs.length, 'run')}; scroll for more`}
          {pictures.isCut && '; some folders were not looked into'}
        </p>
      </div>
      {pictures.error && (
        <Failure what="Some files could not be listed." error={pictures.error} retry={pictures.refetch} />
      )}
      <div ref={scroller} className={styles['scroller']}>
        <ImageGrid
          runs={runs}
          series={series}
          known={pictures.pathsByRun}
          step={step}
          size={size}
          scroller={scroller}
          onReach={(count) => setReach((now) => Math.max(now, count))}
          onOpen={setOpened}
        />
        {series.length === 0 &&
          (isLooking && !pictures.error ? <Loading what="pictures" /> : <NoPictures isFiltered={all.length > 0} />)}
      </div>
      {opened && (
        <ImageDialog
          place={opened}
          runs={runs}
          series={series}
          steps={steps}
          step={step}
          onStep={onStep}
          onPlace={setOpened}
          onClose={() => setOpened(undefined)}
        />
      )}
    </div>
  )
}

function NoPictures({ isFiltered }: { isFiltered: boolean }) {
  return (
    <EmptyState title={isFiltered ? 'No picture has this name' : 'These runs logged no pictures'}>
      <p>
        {isFiltered ? (
          'Pictures are found by their path or key.'
        ) : (
          <>
            <code>mlflow.log_image(image, key="mask", step=step)</code> logs one for each step; any picture among the
            artifacts is shown, too.
          </>
        )}
      </p>
    </EmptyState>
  )
}
