/** How long one frame may paint, in ms. */
const frameMs = 12

const waiting = new Set<() => void>()
let isScheduled = false

/** Has something painted soon; many charts at once are spread over frames. Returns how to call it off. */
export function paintSoon(paint: () => void): () => void {
  waiting.add(paint)
  schedule()
  return () => {
    waiting.delete(paint)
  }
}

function schedule(): void {
  if (isScheduled) return
  isScheduled = true
  requestAnimationFrame(() => {
    isScheduled = false
    const began = performance.now()
    for (const paint of waiting) {
      waiting.delete(paint)
      paint()
      if (performance.now() - began > frameMs) break
    }
    if (waiting.size > 0) schedule()
  })
}
