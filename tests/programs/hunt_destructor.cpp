// hunt_destructor: an object goes by a pointer to its base, whose destructor is not virtual (docs/hunts.md, 3).
#include <vector>

struct Strategy {
    ~Strategy() {}
    virtual double step() = 0;
};
struct LevenbergMarquardt : Strategy {
    std::vector<double> diagonal;
    explicit LevenbergMarquardt(int columns) : diagonal(columns) {}
    double step() override { return diagonal[0]; }
};

static Strategy *make_strategy(int columns) { return new LevenbergMarquardt(columns); }

int main()
{
    double sum = 0;
    for (int i = 0; i < 2; i++) {
        Strategy *strategy = make_strategy(66318);
        sum += strategy->step();
        delete strategy;
    }
    return sum != 0;
}
