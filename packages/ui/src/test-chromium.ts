import sparticuz from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/**
 * In a single process, Chromium dies with its first page; the others take the borders between origins away, which a
 * user's browser has.
 */
const leftOut = ['--single-process', '--disable-web-security', '--allow-running-insecure-content']
const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']

/** Starts the Chromium that tests, pictures and measurements use. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: await sparticuz.executablePath(),
    args: [...sparticuz.args.filter((argument) => !leftOut.includes(argument)), ...quiet],
  })
}
