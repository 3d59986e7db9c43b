import type { Waiting } from '#src/keys/waiting-line.ts'
import type { Acquisition, Wish } from '#src/keys/wish.ts'
import { must } from './_pool-checks.ts'

type Waiter = {
  /** Wishes that are equal have the same. */
  readonly name: string
  readonly wish: Wish
  readonly deadline: number
  readonly leave: () => void
  isGone: boolean
  answer: Acquisition | null
}

/** Everybody who ever waited, and whether the line was fair to them. */
export class PoolWaiters {
  #all: Waiter[] = []
  #failure: unknown = null

  get open(): readonly Waiter[] {
    return this.#all.filter(({ answer, isGone }) => answer === null && !isGone)
  }

  add(wish: Wish, { leave, acquisition }: Waiting, deadline: number): void {
    const name = JSON.stringify({ ...wish, avoid: [...(wish.avoid ?? [])] })
    const waiter: Waiter = { name, wish, leave, deadline, isGone: false, answer: null }
    this.#all.push(waiter)
    void acquisition
      .then(answer => {
        must(waiter.answer === null && !waiter.isGone, 'somebody was answered twice, or after leaving')
        const isFirst = this.open.find(one => one.name === name) === waiter
        must(answer.kind !== 'leased' || isFirst, 'somebody was overtaken')
        waiter.answer = answer
      })
      .catch(error => {
        this.#failure = error
      })
  }

  leave(which: number): void {
    const waiter = this.open[which % Math.max(1, this.open.length)]
    if (waiter === undefined) return
    waiter.isGone = true
    waiter.leave()
  }

  forget(): void {
    this.#all = []
  }

  /** @param isTimely false where nobody can say when the time is up, since the clock went back */
  check(size: number, passed: number, isTimely: boolean): void {
    if (this.#failure !== null) throw this.#failure
    must(this.open.length === size, `${size} wait and not ${this.open.length}`)
    must(!isTimely || this.open.every(({ deadline }) => deadline >= passed), 'somebody was not answered in time')
  }
}
