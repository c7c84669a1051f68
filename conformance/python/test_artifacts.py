import hashlib
import os
from pathlib import Path

import mlflow
import numpy
import pytest
import requests
import yaml
from mlflow.artifacts import download_artifacts, load_dict, load_image, load_text


def listing(client, run_id, path=None):
    return {file.path: None if file.is_dir else file.file_size for file in client.list_artifacts(run_id, path)}


@pytest.fixture
def tree(tmp_path):
    files = {"top.txt": "top", "in/b c.txt": "second", "in/deep/grüße 100%.txt": "third", "in/deep/a+b&c=d.txt": "fourth"}
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_files_and_folders_list_and_come_back(client, experiment, tree, tmp_path_factory):
    with mlflow.start_run() as run:
        mlflow.log_artifact(tree / "top.txt")
        mlflow.log_artifact(tree / "top.txt", artifact_path="some/where")
        mlflow.log_artifacts(tree, artifact_path="tree")
    run_id = run.info.run_id
    assert listing(client, run_id) == {"some": None, "top.txt": 3, "tree": None}
    assert listing(client, run_id, "tree/in") == {"tree/in/b c.txt": 6, "tree/in/deep": None}
    assert listing(client, run_id, "tree/in/deep") == {"tree/in/deep/a+b&c=d.txt": 6, "tree/in/deep/grüße 100%.txt": 5}
    assert listing(client, run_id, "not/there") == {}
    copy = Path(download_artifacts(run_id=run_id, artifact_path="tree", dst_path=str(tmp_path_factory.mktemp("copy"))))
    for path in tree.rglob("*.txt"):
        assert (copy / path.relative_to(tree)).read_text() == path.read_text()
    assert load_text(f"{run.info.artifact_uri}/some/where/top.txt") == "top"


def test_a_large_file_comes_back_unchanged(experiment, tmp_path):
    block = os.urandom(1 << 20)
    with open(tmp_path / "large.bin", "wb") as file:
        for _ in range(40):
            file.write(block)
    with mlflow.start_run() as run:
        mlflow.log_artifact(tmp_path / "large.bin")
    copy = download_artifacts(run_id=run.info.run_id, artifact_path="large.bin")
    digests = [hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in (tmp_path / "large.bin", copy)]
    assert digests[0] == digests[1]


def test_an_empty_file_and_an_overwritten_file(client, experiment):
    with mlflow.start_run() as run:
        mlflow.log_text("", "empty.txt")
        mlflow.log_text("a much longer first text", "twice.txt")
        mlflow.log_text("second", "twice.txt")
    # MLflow leaves the size of an empty file out.
    assert listing(client, run.info.run_id) in ({"empty.txt": size, "twice.txt": 6} for size in (0, None))
    assert load_text(f"{run.info.artifact_uri}/empty.txt") == ""
    assert load_text(f"{run.info.artifact_uri}/twice.txt") == "second"


def test_text_dicts_figures_images_and_tables(client, experiment):
    import matplotlib.pyplot as pyplot
    from PIL import Image

    with mlflow.start_run() as run:
        mlflow.log_text("<b>words</b>", "notes/page.html")
        mlflow.log_dict({"list": [1, {"none": None}]}, "values.json")
        mlflow.log_dict({"list": [1, 2]}, "values.yaml")
        figure, axes = pyplot.subplots()
        axes.plot([1, 2])
        mlflow.log_figure(figure, "figure.png")
        mlflow.log_image(Image.new("RGB", (12, 8), "red"), "image.png")
        mlflow.log_image(numpy.zeros((8, 8, 3), dtype=numpy.uint8), key="sample", step=3, synchronous=True)
        mlflow.log_table({"question": ["a", "b"], "score": [1, 2]}, "table.json")
        mlflow.log_table({"question": ["c"], "score": [3]}, "table.json")
    root = run.info.artifact_uri
    assert load_text(f"{root}/notes/page.html") == "<b>words</b>"
    assert load_dict(f"{root}/values.json") == {"list": [1, {"none": None}]}
    assert yaml.safe_load(load_text(f"{root}/values.yaml")) == {"list": [1, 2]}
    assert load_image(f"{root}/image.png").size == (12, 8) and load_image(f"{root}/figure.png").size[0] > 100
    table = mlflow.load_table("table.json", run_ids=[run.info.run_id])
    assert list(table["question"]) == ["a", "b", "c"] and list(table["score"]) == [1, 2, 3]
    assert len(client.list_artifacts(run.info.run_id, "images")) == 2


def test_an_absent_file_is_an_error(experiment):
    with mlflow.start_run() as run:
        mlflow.log_text("x", "there.txt")
    with pytest.raises((mlflow.MlflowException, OSError)):
        download_artifacts(run_id=run.info.run_id, artifact_path="not-there.txt")


def test_a_path_out_of_the_run_is_refused(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    for path in ("../..", "a/../../..", "/etc", "%2e%2e/%2e%2e"):
        with pytest.raises((mlflow.MlflowException, requests.HTTPError), match="Invalid path"):
            client.list_artifacts(run_id, path)
