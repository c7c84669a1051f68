import type { Random } from '../seeded-random.ts'

/** What MLflow's clients note of where a run's code came from. */
export function sourceTags(
  { script, user, repository }: { readonly script: string; readonly user: string; readonly repository: string },
  random: Random,
): Record<string, string> {
  return {
    'mlflow.user': user,
    'mlflow.source.name': script,
    'mlflow.source.type': 'LOCAL',
    'mlflow.source.git.commit': random.hex(40),
    'mlflow.source.git.branch': random.pick(['main', 'main', 'main', 'tune-schedule', 'better-augmentation']),
    'mlflow.source.git.repoURL': `https://git.example.com/${repository}.git`,
  }
}
