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
    'Runs',
    [
      ['↑ ↓ or k j', 'Previous and next row'],
      ['x', 'Select'],
      ['Shift ↑ ↓', 'Select a range'],
      ['Enter', 'Open'],
      ['Space', 'Look at it beside the table'],
      ['[ ]', 'Previous and next run'],
      ['e', 'Set a tag'],
      ['#', 'Delete what is selected'],
      ['c', 'Compare what is selected'],
      ['g', 'Group'],
      ['1 … 7', 'Table, split, charts, compare, plots, images, artifacts'],
    ],
  ],
  [
    'Charts',
    [
      ['← →', 'Move the cursor'],
      ['Esc', 'Whole range'],
    ],
  ],
]

export function KeyboardHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" onClose={onClose}>
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
    </Dialog>
  )
}
