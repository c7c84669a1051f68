"""A file beyond the limits goes to the object store and back by the URLs that the server signs."""

import hashlib
import os
import sys
from pathlib import Path

import mlflow
import requests
from mlflow.artifacts import download_artifacts

folder = Path(sys.argv[1])
sent = []
put = requests.put
requests.put = lambda url, **options: sent.append(url) or put(url, **options)

large = folder / "large.bin"
large.write_bytes(os.urandom(13 << 20))
(folder / "small ü.txt").write_text("small")
with mlflow.start_run() as run:
    mlflow.log_artifact(str(large), artifact_path="models")
    mlflow.log_artifact(str(folder / "small ü.txt"))
assert len(sent) == 3 and all(os.environ["STORE_ADDRESS"] in url for url in sent), sent

listed = {file.path: file.file_size for file in mlflow.MlflowClient().list_artifacts(run.info.run_id, "models")}
assert listed == {"models/large.bin": 13 << 20}, listed
copy = Path(download_artifacts(run_id=run.info.run_id, dst_path=str(folder / "copy")))
for path in (large, folder / "small ü.txt"):
    got = copy / ("models" if path == large else "") / path.name
    assert hashlib.sha256(got.read_bytes()).digest() == hashlib.sha256(path.read_bytes()).digest(), path
