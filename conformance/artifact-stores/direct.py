"""The client writes to the object store by itself; the server shows what it wrote."""

import os
import sys
from pathlib import Path

import mlflow
import requests
from mlflow.artifacts import download_artifacts, load_text

folder = Path(sys.argv[1])
(folder / "in").mkdir()
(folder / "in" / "a b%20ü.txt").write_text("direct")
with mlflow.start_run() as run:
    mlflow.log_artifacts(folder / "in", artifact_path="tree")
    mlflow.log_text("top", "top.txt")
run_id, root = run.info.run_id, run.info.artifact_uri
assert root.startswith("s3://"), root
assert load_text(f"{root}/top.txt") == "top"
copy = Path(download_artifacts(run_id=run_id, artifact_path="tree", dst_path=str(folder)))
assert (copy / "a b%20ü.txt").read_text() == "direct"

server = os.environ["MLFLOW_TRACKING_URI"]
listed = requests.get(f"{server}/api/2.0/mlflow/artifacts/list", params={"run_id": run_id, "path": "tree"}).json()
assert listed["files"] == [{"path": "tree/a b%20ü.txt", "is_dir": False, "file_size": 6}], listed
shown = requests.get(f"{server}/get-artifact", params={"run_id": run_id, "path": "tree/a b%20ü.txt"})
assert (shown.status_code, shown.text) == (200, "direct"), shown.text

signing = f"{server}/api/2.0/mlflow/artifacts/presigned"
signed = requests.post(f"{signing}-upload-url", json={"run_id": run_id, "path": "signed.txt"}).json()
assert requests.put(signed["presigned_url"], data=b"signed", headers=signed["headers"]).ok
signed = requests.post(f"{signing}-download-url", json={"run_id": run_id, "path": "signed.txt"}).json()
assert requests.get(signed["presigned_url"]).text == "signed"
assert load_text(f"{root}/signed.txt") == "signed"
