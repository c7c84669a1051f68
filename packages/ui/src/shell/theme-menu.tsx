import { Monitor, Moon, Sun } from 'lucide-react'
import { Menu } from '../controls/menu.tsx'
import { setTheme, themes, useTheme } from './theme.ts'

const icons = { system: <Monitor />, light: <Sun />, dark: <Moon /> }
export const themeNames = { system: 'Like the system', light: 'Light', dark: 'Dark' }

export function ThemeMenu() {
  const theme = useTheme()
  const items = themes.map((id) => ({
    id,
    label: themeNames[id],
    checked: id === theme,
    onAction: () => setTheme(id),
  }))
  return (
    <Menu label="Theme" kind="quiet" items={items}>
      {icons[theme]}
    </Menu>
  )
}
