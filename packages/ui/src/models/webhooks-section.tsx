/** The webhooks; on a model's page those that are told of models. */
export function WebhooksSection({ modelName }: { modelName?: string }) {
  return <section aria-label="Webhooks" data-model={modelName} />
}
