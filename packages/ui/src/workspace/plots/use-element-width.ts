import { useCallback, useState } from 'react'

/** A place to put on an element, and its width in pixels; 0 until it is known. */
export function useElementWidth(): readonly [
  place: (element: HTMLElement | null) => (() => void) | undefined,
  width: number,
] {
  const [width, setWidth] = useState(0)
  const place = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined
    const resized = new ResizeObserver(() => setWidth(element.clientWidth))
    resized.observe(element)
    return () => resized.disconnect()
  }, [])
  return [place, width]
}
