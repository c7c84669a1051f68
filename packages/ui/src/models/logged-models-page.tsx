export function LoggedModelsPage() {
  return null
}
