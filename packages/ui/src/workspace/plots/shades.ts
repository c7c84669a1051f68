import { useMemo } from 'react'
import { themeColour, useIsDark } from '../../shell/theme.ts'
import { hexOf } from '../charts/chart-palette.ts'
import { shadesBetween } from './shade.ts'

/** How many colours the scale has: more than an eye tells apart. */
const shadeCount = 32

/** From little to much: violet, teal, green, yellow, which also grow lighter, so that no hue must be seen. */
const stops = ['--run-7', '--run-8', '--run-2', '--run-6'] as const

const known = new Map<boolean, readonly string[]>()

/** The colours of a scale of numbers in the present theme, as `#rrggbb`. */
export function useShades(): readonly string[] {
  const isDark = useIsDark()
  return useMemo(() => {
    const found = known.get(isDark) ?? shadesBetween(stops.map(themeColour), shadeCount).map(hexOf)
    known.set(isDark, found)
    return found
  }, [isDark])
}
