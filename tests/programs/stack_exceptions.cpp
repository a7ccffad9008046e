// stack_exceptions N: N calls to a depth of up to 12, of which two of three end in an exception that is caught, rethrown,
// or replaced by another one on its way out, with strings and vectors to destroy in each frame.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

static int deep(int n, int k)
{
    std::string s(40 + n % 50, 'x');
    std::vector<int> v(n + 1, k);
    if (n == 0) {
        if (k % 3 == 0)
            throw std::runtime_error("thrown at " + std::to_string(k));
        if (k % 3 == 1)
            throw std::string(60, 'e');
        return (int)s.size();
    }
    try {
        return deep(n - 1, k) + (int)v.size();
    } catch (const std::runtime_error &e) {
        if (n % 4 == 0) {
            std::string again = e.what();
            throw std::runtime_error(again + ".");
        }
        throw;
    }
}

int main(int, char **arguments)
{
    std::map<int, std::string> texts;
    long sum = 0;
    for (int k = 0; k < atoi(arguments[1]); k++) {
        try {
            sum += deep(k % 12, k);
        } catch (const std::exception &e) {
            texts[k % 1000] = e.what();
        } catch (const std::string &s) {
            sum += (long)s.size();
        }
    }
    printf("%ld %zu\n", sum, texts.size());
}
