import { Dialog } from '../controls/dialog.tsx'
import styles from './keyboard-help.module.css'

const groups: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    'Everywhere',
    [
      ['Ctrl K or ⌘ K', 'Go to an experiment, run, model or action'],
      ['/', 'Search or filter'],
      ['?', 'This list'],
      ['Esc', 'Close what is open'],
    ],
  ],
  [
    'A set of runs',
    [
      ['1 … 7', 'Table, split, charts, compare, plots, images, artifacts'],
      ['g', 'Group'],
      ['c', 'Compare what is selected'],
      ['#', 'Delete what is selected'],
      ['[ ]', 'Previous and next run'],
    ],
  ],
  [
    'Table',
    [
      ['↑ ↓ or k j', 'Previous and next row'],
      ['x', 'Select'],
      ['Shift ↑ ↓', 'Select a range'],
      ['Ctrl A', 'Select all rows that are loaded'],
      ['Enter', 'Open'],
      ['Space', 'Look at it beside the table'],
      ['p', 'Pin'],
      ['h', 'Hide in charts'],
      ['t', 'Unfold what is nested'],
      ['e', 'Set a tag'],
      ['F2', 'Rename'],
      ['Ctrl C', 'Copy the exact value'],
      ['Alt ← →', 'In the header: width of the column'],
      ['Shift Alt ← →', 'In the header: move the column'],
    ],
  ],
  [
    'Charts',
    [
      ['← → Home End', 'Move the cursor'],
      ['+ −', 'Zoom'],
      ['Enter', 'Select the line under the cursor'],
      ['Esc', 'Whole range'],
    ],
  ],
]

export function KeyboardHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" onClose={onClose} size="wide">
      {/* A keyboard must be able to scroll it. */}
      <div className={styles['groups']} role="region" aria-label="Keys" tabIndex={0}>
        {groups.map(([name, keys]) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl className={styles['keys']}>
              {keys.map(([key, what]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
