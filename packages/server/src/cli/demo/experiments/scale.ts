/** How much of everything there is: a factor for the number of runs. */
export interface Scale {
  readonly sweep: number
}

export const scales = { small: { sweep: 1 }, large: { sweep: 5 } } as const satisfies Record<string, Scale>
