export function LoggedModelPage() {
  return null
}
