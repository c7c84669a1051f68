/** The tag in which MLflow's UI keeps the description of an experiment or a run. */
export const noteTag = 'mlflow.note.content'

/** The tag by which clients say in which run one is nested. */
export const parentTag = 'mlflow.parentRunId'
