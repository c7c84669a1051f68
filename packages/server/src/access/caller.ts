/** Who makes a request. */
export interface Caller {
  /**
   * The user's name; '' for nobody. Until sign-in is configured, it is the name that the client gives by Basic
   * authentication, believed as MLflow believes a run's `user_id`.
   */
  readonly user: string
}

export const anonymous: Caller = { user: '' }

/** Who makes a change, and when: what its event says of it. */
export interface Author {
  readonly user: string
  /** Milliseconds since the epoch. */
  readonly time: number
}

export function authorOf({ user }: Caller): Author {
  return { user, time: Date.now() }
}
