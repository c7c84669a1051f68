import { useEffect, useRef } from 'react'

/**
 * The focus follows the active cell of a virtual grid once a key has moved it, also where the cell is drawn only after a
 * scroll. What a press or a scroll does is the browser's.
 * @param cellId the element id of the active cell
 * @returns what a key that moves the active cell calls
 */
export function useFocusAfterKey(cellId: string): () => void {
  const isMoving = useRef(false)
  useEffect(() => {
    const cell = isMoving.current ? document.getElementById(cellId) : null
    if (!cell) return
    cell.focus({ preventScroll: true })
    isMoving.current = false
  })
  return () => {
    isMoving.current = true
  }
}
