import type { ComponentProps } from 'react'
import styles from './button.module.css'

interface Kind {
  /** 'primary' for the one thing that a form is for; 'quiet' has no border. */
  readonly kind?: 'plain' | 'primary' | 'quiet' | 'danger'
}

export function Button({ kind = 'plain', className = '', ...rest }: ComponentProps<'button'> & Kind) {
  return <button type="button" {...rest} className={`${styles['button']} ${className}`} data-kind={kind} />
}

/** A square button that shows an icon; `label` is its name and its tooltip. */
export function IconButton({ label, ...rest }: ComponentProps<'button'> & Kind & { readonly label: string }) {
  return (
    <Button
      kind="quiet"
      title={label}
      aria-label={label}
      {...rest}
      className={`${styles['icon']} ${rest.className ?? ''}`}
    />
  )
}

/** The classes of a link that looks like a button. */
export const buttonLink = styles['button'] ?? ''
