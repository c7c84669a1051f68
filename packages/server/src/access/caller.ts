/** Who makes a request. Everybody is anonymous until sign-in is configured. */
export interface Caller {
  /** The signed-in user's name; '' for nobody. */
  readonly user: string
}

export const anonymous: Caller = { user: '' }
