import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'

import { goProgram } from '../../scripts/go-program.ts'
import { deployFolder } from './inspect.ts'
import { kubernetesFaults } from './kubernetes-schemas.ts'
import type { Manifest } from './kubernetes-schemas.ts'

const run = promisify(execFile)
const chart = join(deployFolder, 'helm/trackway')
const kubernetes = 'v1.37.2'

let helm: string
beforeAll(async () => {
  helm = await goProgram({ package: 'helm.sh/helm/v4/cmd/helm', version: 'v4.3.1' })
}, 900_000)

const database = [
  'database.uri=postgresql://trackway:secret@database:5432/trackway',
  'artifacts.destination=s3://trackway/artifacts',
]

const valueSets: Readonly<Record<string, readonly string[]>> = {
  'as it stands': [],
  'a volume of its own': ['persistence.existingClaim=mine', 'webhookSecretKey.existingSecret=key'],
  'nothing kept': ['persistence.enabled=false', 'migrations.enabled=false', 'serviceAccount.create=false'],
  'replicas with secrets in the chart': [
    ...database,
    'replicas=3',
    'artifacts.credentials.AWS_ACCESS_KEY_ID=id',
    'artifacts.credentials.AWS_SECRET_ACCESS_KEY=key',
    'artifacts.s3EndpointUrl=http://storage:7070',
    'artifacts.region=us-east-1',
  ],
  everything: [
    'replicas=2',
    'database.existingSecret=database',
    'artifacts.destination=s3://trackway/artifacts',
    'artifacts.existingSecret=storage',
    'webhookSecretKey.existingSecret=key',
    'ingress.enabled=true',
    'ingress.className=nginx',
    'ingress.hosts[0].host=ml.example.com',
    'ingress.hosts[0].paths[0]=/',
    'ingress.tls[0].secretName=tls',
    'ingress.tls[0].hosts[0]=ml.example.com',
    'autoscaling.enabled=true',
    'networkPolicy.enabled=true',
    'networkPolicy.from[0].namespaceSelector.matchLabels.team=ml',
    'networkPolicy.egress[0].ports[0].port=5432',
    'serviceAccount.annotations.role=reader',
    'service.annotations.a=b',
    'extraArgs[0]=--expose-prometheus',
    'extraEnv[0].name=A',
    'extraEnv[0].value=b',
    'extraEnvFrom[0].configMapRef.name=more',
    'extraVolumes[0].name=ca',
    'extraVolumes[0].configMap.name=ca',
    'extraVolumeMounts[0].name=ca',
    'extraVolumeMounts[0].mountPath=/ca',
    'imagePullSecrets[0].name=pull',
    'podAnnotations.a=b',
    'podLabels.c=d',
    'nodeSelector.disk=fast',
    'tolerations[0].key=ml',
    'tolerations[0].operator=Exists',
    'priorityClassName=high',
    'topologySpreadConstraints[0].topologyKey=rack',
    'topologySpreadConstraints[0].maxSkew=1',
    'topologySpreadConstraints[0].whenUnsatisfiable=DoNotSchedule',
  ],
}

const settings = (values: readonly string[]): string[] => values.flatMap((value) => ['--set', value])

async function render(values: readonly string[]): Promise<Manifest[]> {
  const { stdout } = await run(helm, ['template', 'team', chart, '--namespace', 'ml', ...settings(values)])
  return parseAllDocuments(stdout).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]
    return document.toJS() as Manifest
  })
}

const kindsOf = (manifests: readonly Manifest[]): string[] => manifests.map(({ kind }) => kind).toSorted()

interface PodSpec {
  readonly initContainers?: readonly Container[]
  readonly containers: readonly Container[]
  readonly volumes: readonly Readonly<Record<string, unknown>>[]
}

interface Container {
  readonly args: readonly string[]
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[]
  readonly securityContext: unknown
}

interface DeploymentSpec {
  readonly replicas?: number
  readonly strategy: { readonly type: string; readonly rollingUpdate?: unknown }
  readonly template: { readonly spec: PodSpec }
}

function deploymentOf(manifests: readonly Manifest[]): DeploymentSpec {
  return manifests.find(({ kind }) => kind === 'Deployment')?.spec as DeploymentSpec
}

describe('deploy/helm/trackway', () => {
  test.each(Object.entries(valueSets))('%s: passes lint, and Kubernetes knows every field', async (_name, values) => {
    await run(helm, ['lint', '--strict', chart, ...settings(values)])
    const manifests = await render(values)
    expect(manifests.length).toBeGreaterThan(1)
    for (const manifest of manifests) {
      expect(await kubernetesFaults(manifest, kubernetes), `${manifest.kind} ${manifest.metadata.name}`).toEqual([])
    }
  })

  test('a field that Kubernetes does not know, one that is missing and a wrong type would be found', async () => {
    const [manifest] = (await render([])).filter(({ kind }) => kind === 'Service')
    const { spec: _spec, ...rest } = manifest!
    const broken = { ...rest, spec: { ports: [{ port: '80', tragetPort: 'http' }] } }
    expect((await kubernetesFaults(broken, kubernetes)).join('\n')).toMatch(/tragetPort[^]*port must be integer/)
    const policy = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' }, spec: {} }
    expect((await kubernetesFaults(policy, kubernetes)).join('\n')).toContain('maxReplicas')
    expect(await kubernetesFaults({ ...rest, apiVersion: 'v9' }, kubernetes)).toEqual(["apiVersion 'v9' is unknown"])
  })

  test('embedded: one pod that keeps its volume and is replaced before the next starts', async () => {
    const manifests = await render([])
    expect(kindsOf(manifests)).toEqual(['Deployment', 'PersistentVolumeClaim', 'Service', 'ServiceAccount'])
    expect(deploymentOf(manifests)).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } })
    expect(manifests.find(({ kind }) => kind === 'PersistentVolumeClaim')?.metadata.annotations).toEqual({
      'helm.sh/resource-policy': 'keep',
    })
  })

  test('with PostgreSQL: replicas that are replaced one after another, and no secret in a pod', async () => {
    const manifests = await render(valueSets['replicas with secrets in the chart'] ?? [])
    expect(kindsOf(manifests)).toEqual(['Deployment', 'PodDisruptionBudget', 'Secret', 'Service', 'ServiceAccount'])
    const deployment = deploymentOf(manifests)
    expect(deployment).toMatchObject({
      replicas: 3,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } },
    })
    expect(JSON.stringify(deployment)).not.toMatch(/trackway:secret|"value":"(id|key)"/)
    const { spec } = deployment.template
    for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
      expect(container.securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
      })
    }
    const { data = {} } = manifests.find(({ kind }) => kind === 'Secret') ?? {}
    const text = (key: string): string => Buffer.from(data[key] ?? '', 'base64').toString()
    expect(text('database-uri')).toBe('postgresql://trackway:secret@database:5432/trackway')
    expect(text('webhook-secret-key')).toMatch(/^[\w-]{43}=$/)
  })

  test('with an autoscaler, the number of replicas is its own', async () => {
    const manifests = await render(valueSets['everything'] ?? [])
    expect(deploymentOf(manifests).replicas).toBeUndefined()
    expect(kindsOf(manifests)).toContain('HorizontalPodAutoscaler')
    const [server] = deploymentOf(manifests).template.spec.containers
    const hosts = server?.env.find(({ name }) => name === 'MLFLOW_SERVER_ALLOWED_HOSTS')?.value?.split(',')
    expect(hosts).toEqual(expect.arrayContaining(['localhost', 'ml.example.com', 'team-trackway.ml']))
  })

  test.each([
    [['replicas=2'], 'More than one replica needs PostgreSQL: an SQLite file has one server.'],
    [['autoscaling.enabled=true'], 'More than one replica needs PostgreSQL'],
    [[database[0] ?? ''], "give artifacts.destination an object store, such as s3://bucket/path (it is '')"],
    [[...database, 'database.existingSecret=x'], 'Give database.uri or database.existingSecret, not both.'],
    [['replica=2'], "additional properties 'replica' not allowed"],
    [['database.uri=mysql://x'], '/database/uri'],
    [['webhookSecretKey.value=short'], '/webhookSecretKey/value'],
  ])('%j is refused with a sentence', async (values, sentence) => {
    const refused = render(values)
    await expect(refused).rejects.toThrow(sentence)
  })
})
