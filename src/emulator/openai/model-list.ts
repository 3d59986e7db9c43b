import { type Model, models } from '../models/catalogue.ts'

/** All models at once, without pages. Ids carry `models/`, and nothing says when a model was made. */
export const openAiModels = () => ({ object: 'list', data: models.map(openAiModel) })

export const openAiModel = ({ listed }: Model) => ({
  id: listed.name,
  object: 'model',
  owned_by: 'google',
  display_name: listed.displayName,
})
