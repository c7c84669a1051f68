{{- define "trackway.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 53 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "trackway.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "trackway.labels" -}}
{{ include "trackway.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "trackway.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "trackway.name" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{/* 'true' with PostgreSQL; empty where data lies on the pod's volume. */}}
{{- define "trackway.hasDatabase" -}}
{{- if or .Values.database.uri .Values.database.existingSecret -}}true{{- end -}}
{{- end -}}

{{- define "trackway.isScaled" -}}
{{- if or (gt (int .Values.replicas) 1) .Values.autoscaling.enabled -}}true{{- end -}}
{{- end -}}

{{/* What values.schema.json cannot say. */}}
{{- define "trackway.check" -}}
{{- if and (not (include "trackway.hasDatabase" .)) (include "trackway.isScaled" .) -}}
{{- fail (printf "More than one replica needs PostgreSQL: an SQLite file has one server. Give database.uri or database.existingSecret, or set replicas to 1 and autoscaling.enabled to false (replicas is %d, autoscaling.enabled is %v)." (int .Values.replicas) .Values.autoscaling.enabled) -}}
{{- end -}}
{{- if and (include "trackway.hasDatabase" .) (not (regexMatch "^[a-z0-9+]+:" .Values.artifacts.destination)) -}}
{{- fail (printf "With PostgreSQL, pods keep nothing themselves: give artifacts.destination an object store, such as s3://bucket/path (it is '%s')." .Values.artifacts.destination) -}}
{{- end -}}
{{- if and .Values.database.uri .Values.database.existingSecret -}}
{{- fail "Give database.uri or database.existingSecret, not both." -}}
{{- end -}}
{{- end -}}

{{/* The environment of the server and of its migrations. */}}
{{- define "trackway.env" -}}
- name: MLFLOW_BACKEND_STORE_URI
{{- if .Values.database.existingSecret }}
  valueFrom:
    secretKeyRef:
      name: {{ .Values.database.existingSecret }}
      key: {{ .Values.database.existingSecretKey }}
{{- else if .Values.database.uri }}
  valueFrom:
    secretKeyRef:
      name: {{ include "trackway.name" . }}
      key: database-uri
{{- else }}
  value: sqlite:////data/trackway.db
{{- end }}
- name: MLFLOW_ARTIFACTS_DESTINATION
  value: {{ .Values.artifacts.destination | default "/data/artifacts" | quote }}
{{- with .Values.artifacts.s3EndpointUrl }}
- name: MLFLOW_S3_ENDPOINT_URL
  value: {{ . | quote }}
{{- end }}
{{- with .Values.artifacts.region }}
- name: AWS_REGION
  value: {{ . | quote }}
{{- end }}
{{- range $name, $value := .Values.artifacts.credentials }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef:
      name: {{ include "trackway.name" $ }}
      key: {{ $name }}
{{- end }}
{{- if .Values.webhookSecretKey.existingSecret }}
- name: MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY
  valueFrom:
    secretKeyRef:
      name: {{ .Values.webhookSecretKey.existingSecret }}
      key: {{ .Values.webhookSecretKey.existingSecretKey }}
{{- else if or .Values.webhookSecretKey.value (include "trackway.hasDatabase" .) }}
- name: MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY
  valueFrom:
    secretKeyRef:
      name: {{ include "trackway.name" . }}
      key: webhook-secret-key
{{- end }}
- name: MLFLOW_SERVER_ALLOWED_HOSTS
  value: {{ include "trackway.allowedHosts" . | quote }}
- name: MLFLOW_HOST
  value: 0.0.0.0
- name: MLFLOW_PORT
  value: '5000'
- name: TRACKWAY_JSON_LOGS
  value: 'true'
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The Service's names are none of the server's defaults; naming them replaces these, so they are named again. */}}
{{- define "trackway.allowedHosts" -}}
{{- $name := include "trackway.name" . -}}
{{- $hosts := list "localhost" "127.0.0.1" "10.*" "192.168.*" "172.*" $name (printf "%s.%s" $name .Release.Namespace) (printf "%s.%s.svc" $name .Release.Namespace) (printf "%s.%s.svc.*" $name .Release.Namespace) -}}
{{- $hosts = concat $hosts .Values.allowedHosts -}}
{{- if .Values.ingress.enabled -}}
{{- range .Values.ingress.hosts -}}
{{- $hosts = append $hosts .host -}}
{{- end -}}
{{- end -}}
{{- $hosts | uniq | join "," -}}
{{- end -}}

{{- define "trackway.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "trackway.envFrom" -}}
{{- if or .Values.artifacts.existingSecret .Values.extraEnvFrom -}}
envFrom:
  {{- with .Values.artifacts.existingSecret }}
  - secretRef:
      name: {{ . }}
  {{- end }}
  {{- with .Values.extraEnvFrom }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}
{{- end -}}

{{- define "trackway.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
- name: data
  mountPath: /data
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}
