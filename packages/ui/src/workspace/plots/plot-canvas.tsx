import { useLayoutEffect, useRef } from 'react'
import { usePalette } from '../charts/chart-palette.ts'
import type { Picture } from './plot-pen.ts'
import styles from './plots.module.css'
import { useShades } from './shades.ts'

/** A picture on a canvas, in the present theme. Its words are those of the plot around it. */
export function PlotCanvas({ picture: { width, height, paint } }: { picture: Picture }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const palette = usePalette()
  const shades = useShades()
  useLayoutEffect(() => {
    const element = canvas.current
    // Drawn by the processor: a thousand thin lines take 15 ms so, and a second where a graphics card is only emulated.
    const pen = element?.getContext('2d', { willReadFrequently: true })
    if (!element || !pen) return
    const scale = Math.max(1, devicePixelRatio)
    element.width = Math.round(width * scale)
    element.height = Math.round(height * scale)
    pen.scale(scale, scale)
    paint(pen, palette, shades)
  }, [width, height, paint, palette, shades])
  return <canvas ref={canvas} className={styles['canvas']} aria-hidden="true" />
}
