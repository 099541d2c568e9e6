// Deaths within a minute of which the last is one too many, and that minute. Source: DESIGN.md, D7.
const deathLimit = 3
const deathWindow = 60_000 // ms

/** The deaths of what is started anew after each: the instances of a host, or the homes of a runtime. */
export class Deaths {
  #times: number[] = []

  /** Counts another death. Whether it is one too many, after which nothing is started anew. */
  another(): boolean {
    const now = Date.now()
    this.#times = [...this.#times.filter((time) => now - time < deathWindow), now]
    return this.#times.length >= deathLimit
  }
}
