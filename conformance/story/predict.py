"""Loads each model that the arguments name and prints its prediction for x = 10."""

import sys

import mlflow
import pandas as pd

for uri in sys.argv[1:]:
    print(round(float(mlflow.pyfunc.load_model(uri).predict(pd.DataFrame({"x": [10.0]}))[0]), 6))
