"""Run HiGHS (MIT) on the Hess model for as long as is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import highspy
import numpy as np

from peers import Answer
from peers.mip import NEAREST, hess_model, labels_of

if TYPE_CHECKING:
    from instances import Instance

__all__ = ["hess"]


def hess(instance: Instance, seconds: float) -> Answer:
    """Solve the model of `peers.mip` with one thread and the newest HiGHS, else its defaults."""
    model = hess_model(instance)
    columns = model.rows.tocsc()
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = columns.shape
    program.col_cost_ = model.cost
    program.col_lower_ = np.zeros(len(model.cost))
    program.col_upper_ = np.ones(len(model.cost))
    program.row_lower_, program.row_upper_ = model.least, model.most
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = columns.indptr
    program.a_matrix_.index_ = columns.indices
    program.a_matrix_.value_ = columns.data
    program.integrality_ = [highspy.HighsVarType.kInteger] * len(model.cost)
    solver = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", 1), ("time_limit", seconds)):
        solver.setOptionValue(option, value)
    solver.passModel(program)
    solver.run()
    info = solver.getInfo()
    if info.primal_solution_status != int(highspy.SolutionStatus.kSolutionStatusFeasible):
        msg = f"no plan found in {seconds:.0f} s"
        raise RuntimeError(msg)
    x = np.asarray(solver.getSolution().col_value)
    bound = float(info.mip_dual_bound)
    note = f"Hess model without contiguity, the {NEAREST} nearest atoms of each centre; its bound "
    note += f"{bound / instance.weights.sum():.2f} m"
    return Answer(labels_of(model, x, instance.n), note, {"bound": bound})
