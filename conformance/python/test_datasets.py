import mlflow
import pandas


def test_a_logged_dataset_reads_back_and_is_searched_by(client, experiment, name):
    frame = pandas.DataFrame({"x": [1.0, 2.0], "y": [0, 1]})
    dataset = mlflow.data.from_pandas(frame, source="https://example.com/data.csv", name=name, targets="y")
    with mlflow.start_run(run_name="with data") as run:
        mlflow.log_input(dataset, context="training", tags={"split": "80/20"})
        mlflow.log_input(dataset, context="training")
    inputs = client.get_run(run.info.run_id).inputs.dataset_inputs
    assert len(inputs) == 1
    read = inputs[0].dataset
    assert (read.name, read.digest, read.source_type) == (name, dataset.digest, "http")
    assert "mlflow_colspec" in read.schema and '"num_rows": 2' in read.profile
    assert {tag.key: tag.value for tag in inputs[0].tags}["mlflow.data.context"] == "training"

    for condition in (f"dataset.name = '{name}'", f"datasets.digest = '{dataset.digest}'", "dataset.context = 'training'"):
        assert [r.info.run_id for r in client.search_runs([experiment], condition)] == [run.info.run_id], condition
    assert len(client.search_runs([experiment], "dataset.context = 'testing'")) == 0


def test_a_dataset_is_loaded_from_its_source(experiment, tmp_path):
    frame = pandas.DataFrame({"x": [1, 2, 3]})
    frame.to_csv(tmp_path / "data.csv", index=False)
    dataset = mlflow.data.from_pandas(frame, source=str(tmp_path / "data.csv"))
    with mlflow.start_run() as run:
        mlflow.log_input(dataset)
    read = mlflow.get_run(run.info.run_id).inputs.dataset_inputs[0].dataset
    assert pandas.read_csv(mlflow.data.get_source(read).load()).equals(frame)
