import { joinMembers } from './join-members.ts'
import { annotations, keywordKinds, notesOf } from './keywords.ts'
import type { Place, Within } from './place.ts'
import { isRawSchema, type RawSchema, referenceOf } from './raw-schema.ts'

type Merged = { readonly raw: RawSchema; readonly within: Within | undefined }

/**
 * What a schema and its `allOf` say together, as one schema: Google reads no `allOf`. Where they cannot be joined
 * the schema stays as it is. Where all that is left is one reference, that reference.
 */
export const mergeAllOf = (schema: RawSchema, place: Place): Merged => {
  const unmerged = { raw: schema, within: place.within }
  if (!Array.isArray(schema.allOf) || schema.allOf.length === 0) return unmerged
  const { allOf, nullable, ...own } = schema
  const members = allOf.filter(member => isRawSchema(member) && restricts(member))
  if (members.length === 0 && !allOf.includes(false)) return { raw: { ...own, nullable }, within: place.within }
  const [first] = members
  if (members.length === 1 && !restricts(own) && isRawSchema(first) && referenceOf(first) !== undefined)
    return { raw: first, within: place.within }
  const gathered = gather(schema, place)
  if (gathered === undefined) return unmerged
  const raw = joinMembers(gathered.members)
  return raw === undefined ? unmerged : { raw, within: gathered.within }
}

const restricts = (member: RawSchema): boolean =>
  Object.keys(member).some(
    keyword =>
      !annotations.has(keyword) &&
      (keywordKinds.has(keyword) || keyword === 'type' || keyword === 'nullable' || keyword.startsWith('$')),
  )

/** More members than this are not joined: what is made here is copied text. */
const mostMembers = 50
/** References to references to … must not make a schema too deep that is not. */
const deepestCopy = 30

type Gathered = { readonly members: readonly RawSchema[]; readonly within: Within | undefined }

/** All members, also those of members' own `allOf` and of what they refer to. Undefined when that cannot be had. */
const gather = (schema: RawSchema, place: Place): Gathered | undefined => {
  const members: RawSchema[] = []
  const seen = new Set<RawSchema>()
  const waiting: unknown[] = [schema]
  let within = place.within
  for (let steps = 0; waiting.length > 0; steps++) {
    const member = waiting.shift()
    if (member === false || steps > mostMembers) return undefined
    if (!isRawSchema(member)) continue
    const reference = referenceOf(member)
    if (reference === undefined) {
      const { allOf, ...own } = member
      members.push(own)
      if (Array.isArray(allOf)) for (const inner of allOf.slice(0, mostMembers + 1)) waiting.push(inner)
      continue
    }
    const target = place.definitions.find(reference)
    if (target === false) return undefined
    const notes = notesOf(member)
    if (notes !== undefined) members.push(notes)
    if (!isRawSchema(target) || seen.has(target)) continue
    if (place.depth > deepestCopy || isWithin(target, place.within) || !place.budget.takeCopy(target)) return undefined
    seen.add(target)
    within = { raw: target, outer: within }
    waiting.push(target)
  }
  return { members, within }
}

const isWithin = (raw: RawSchema, within: Within | undefined): boolean => {
  for (let at = within; at !== undefined; at = at.outer) if (at.raw === raw) return true
  return false
}
