/** RFC 6266: bare, quoted where there are spaces, else a plain form for old readers and the exact name. */
export function contentDisposition(type: 'attachment' | 'inline', name: string): string {
  if (/^[\w.!$&+^`|~-]+$/.test(name)) return `${type}; filename=${name}`
  if (/^[\w.!$&+^`|~ -]+$/.test(name)) return `${type}; filename="${name}"`
  const plain = name.replace(/[^\x20-\x7e]/gu, '_').replace(/["\\]/g, '\\$&')
  const exact = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${type}; filename="${plain}"; filename*=UTF-8''${exact}`
}
